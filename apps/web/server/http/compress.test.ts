import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { chooseEncoding, compress, isCompressible } from './compress.ts'

test.for([
  { header: undefined, expected: null },
  { header: '', expected: null },
  { header: 'gzip, deflate, br, zstd', expected: 'br' },
  { header: 'gzip;q=1.0, br;q=0', expected: 'gzip' },
  { header: 'BR ; q=0.5', expected: 'br' },
  { header: 'identity, gzip;q=0.000', expected: null },
])('Accept-Encoding $header gives $expected', ({ header, expected }) => {
  expect(chooseEncoding(header)).toBe(expected)
})

test('JSON, text and CSV are compressed; events and packages are not', () => {
  const types = ['application/json; charset=utf-8', 'application/problem+json', 'text/csv; header=present']
  expect(types.map(isCompressible)).toEqual([true, true, true])
  expect(['text/event-stream', 'application/octet-stream', undefined].map(isCompressible)).toEqual([
    false,
    false,
    false,
  ])
})

test('a compressed body is the body, and a small one stays as it is', async () => {
  const body = '{"name":"vm-é"}'.repeat(200)
  expect(brotliDecompressSync((await compress(body, 'br')) ?? '').toString()).toBe(body)
  expect(gunzipSync((await compress(body, 'gzip')) ?? '').toString()).toBe(body)
  expect(await compress('{}', 'br')).toBeNull()
})
