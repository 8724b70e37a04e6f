import { expect, it } from 'vitest'
import { describeAuthFailure } from './describe-auth-failure.ts'

it.each([
  { failure: { status: 401, message: 'Invalid email or password' }, expected: 'E-mail or password is wrong.' },
  { failure: { status: 400, code: 'INVALID_PASSWORD' }, expected: 'The current password is wrong.' },
  { failure: { status: 400, message: 'Password too short' }, expected: 'Password too short' },
  {
    failure: { status: 429 },
    expected: 'Too many attempts. Wait a few minutes, or use a browser that has signed in before.',
  },
  {
    failure: { status: 0 },
    expected: 'The server cannot be reached. Check that it runs and that your network leads to it.',
  },
  {
    failure: { status: 503, message: '<html>' },
    expected: 'The server failed on this request. Its log names the reason.',
  },
])('status $failure.status: $expected', ({ failure, expected }) => {
  expect(describeAuthFailure(failure)).toBe(expected)
})
