import { expect, test } from 'vitest'
import { readAnswer } from './connection.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'

test('an answer is read once it is whole, and the bytes after it are left', () => {
  for (let length = 0; length < whole.length; length += 1)
    expect(readAnswer(Buffer.from(whole.slice(0, length)))).toBeNull()
  expect(readAnswer(Buffer.from(`${whole}HTTP/1.1`))).toEqual({
    reply: { status: 200, body: 'good' },
    length: whole.length,
  })
})

test('an answer without content has no body, and an answer of unknown length is an error', () => {
  expect(readAnswer(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))?.reply).toEqual({ status: 204, body: '' })
  expect(() => readAnswer(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('states no length')
})
