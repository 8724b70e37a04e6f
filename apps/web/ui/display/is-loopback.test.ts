import { expect, it } from 'vitest'
import { isLoopback } from './is-loopback.ts'

it.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.0.0.2', true],
  ['[::1]', true],
  ['10.127.0.1', false],
  ['localhost.example', false],
])('isLoopback(%s) is %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected)
})
