import { expect, test } from 'vitest'
import { MAX_VALUES, parseJson } from './parse-json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const nested = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth))
/** Makes the text of an array so large that its bounds are counted. */
const large = (text: string) => `["${' '.repeat(128 * 1024)}",${text}]`

test('JSON of any shape is parsed', () => {
  expect(parseJson(bytes('{"a":[1,"é \\" [[[ \\\\"],"b":null}'))).toEqual({ a: [1, 'é " [[[ \\'], b: null })
})

test('deep nesting of a large body is refused before parsing', () => {
  const deep = (depth: number) => bytes(large('['.repeat(depth) + ']'.repeat(depth)))
  expect(parseJson(deep(63))).toBeInstanceOf(Array)
  expect(() => parseJson(deep(64))).toThrow('nests deeper than 64 levels')
  expect(parseJson(nested(64 * 1024))).toBeInstanceOf(Array)
  expect(() => parseJson(nested(8_000_000))).toThrow('nests deeper than 64 levels')
})

test.each([
  { name: 'empty arrays', text: `[${'[],'.repeat(MAX_VALUES / 2)}[]]` },
  { name: 'empty objects', text: `[${'{},'.repeat(MAX_VALUES / 2)}{}]` },
  { name: 'numbers', text: `[${'0,'.repeat(MAX_VALUES)}0]` },
  { name: 'names', text: `{${'"a":0,'.repeat(MAX_VALUES / 2)}"a":0}` },
])('too many $name are refused before parsing', ({ text }) => {
  expect(() => parseJson(bytes(text))).toThrow(expect.objectContaining({ status: 413 }))
})

test('commas and colons within a string are not counted', () => {
  expect(parseJson(bytes(JSON.stringify(',:[{'.repeat(MAX_VALUES))))).toHaveLength(4 * MAX_VALUES)
})

test.each([
  { name: 'brackets within a string', text: JSON.stringify('['.repeat(100)) },
  { name: 'a quote that is escaped', text: JSON.stringify(`"\\"${'{'.repeat(100)}`) },
  { name: 'many arrays side by side', text: `[${'[],'.repeat(100)}[]]` },
])('$name is not counted as nesting', ({ text }) => {
  expect(parseJson(bytes(large(text)))).toEqual(JSON.parse(large(text)))
})

test.each([
  { name: 'no UTF-8', input: new Uint8Array([0x22, 0xc3, 0x28, 0x22]), message: 'The body is not UTF-8.' },
  { name: 'truncated', input: bytes('{"version":1,"host":{'), message: 'The body is not JSON: it ends in the middle.' },
  {
    name: 'truncated within a string',
    input: bytes('{"version":"on'),
    message: 'The body is not JSON: it ends in the middle.',
  },
  { name: 'empty', input: bytes(''), message: 'The body is not JSON: it ends in the middle.' },
  {
    name: 'other text',
    input: bytes('{"a":1 secret}'),
    message: 'The body is not JSON: unexpected text at character 7.',
  },
])('$name is refused without a quote of the input', ({ input, message }) => {
  expect(() => parseJson(input)).toThrow(expect.objectContaining({ status: 400, message }))
})
