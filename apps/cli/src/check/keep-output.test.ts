import { expect, test } from 'vitest'
import { keepOutput } from './keep-output.ts'

test('keeps the output of a stage until its turn, then prints at once and in order', () => {
  let printed = ''
  const output = keepOutput((chunk) => (printed += Buffer.from(chunk).toString()))
  output.write(Buffer.from('a'))
  output.write(Buffer.from('b'))
  expect(printed).toBe('')
  output.show()
  expect(printed).toBe('ab')
  output.write(Buffer.from('c'))
  expect(printed).toBe('abc')
})
