import { expect, test } from 'vitest'
import { parseListenAddress } from './listen-address.ts'

test.each([
  ['127.0.0.1:9469', { host: '127.0.0.1', port: 9469 }],
  ['9469', { host: '127.0.0.1', port: 9469 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['0.0.0.0:9469', { host: '0.0.0.0', port: 9469 }],
  ['[::]:9469', { host: '::', port: 9469 }],
  // Other programs read this as every address; here any address except loopback must be written out.
  [':9469', null],
  ['*:9469', null],
  ['::1:9469', null],
  ['[127.0.0.1]:9469', null],
  ['example.org:9469', null],
  ['127.0.0.1', null],
  ['127.0.0.1:65536', null],
  ['127.0.0.1:-1', null],
  ['', null],
])('%j', (text, expected) => {
  expect(parseListenAddress(text)).toEqual(expected)
})
