import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { showBytes } from './show-bytes.ts'

test.each([
  ['tap101', 'tap101'],
  ['caf\xc3\xa9', 'café'],
  ['\xff\xfeab', '\\xff\\xfeab'],
  ['\xc3', '\\xc3'],
  ['\xed\xa0\x80', '\\xed\\xa0\\x80'],
  ['\xef\xbb\xbfa', '\ufeffa'],
])('%j is shown as %j', (bytes, shown) => {
  expect(showBytes(bytes)).toBe(shown)
})

test('text comes back; other bytes take at most four characters each', () => {
  const encode = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(showBytes(encode(text))).toBe(text)
    }),
  )
  const bytes = fc.uint8Array({ maxLength: 15 }).map((array) => String.fromCharCode(...array))
  fc.assert(
    fc.property(bytes, (name) => {
      expect(showBytes(name).length).toBeLessThanOrEqual(60)
    }),
  )
})
