import { expect, it } from 'vitest'
import { CallError } from './call.ts'
import { describeFailure } from './describe-failure.ts'

function answered(httpStatus: number, message: string, errors: unknown = []): CallError {
  return new CallError(message, { httpStatus, errors })
}

it.each([
  { name: 'no answer', error: new CallError('Failed to fetch', null), kind: 'unreachable' },
  { name: 'an ended session', error: answered(401, 'Sign in first.'), kind: 'signed-out' },
  { name: 'a refusal', error: answered(409, 'An administrator exists.'), kind: 'refused' },
  { name: 'a failure of the server', error: answered(500, 'Its log names the reason.'), kind: 'failed' },
  { name: 'a defect of the page', error: new RangeError('no'), kind: 'failed' },
])('tells $name apart', ({ error, kind }) => {
  expect(describeFailure(error).kind).toBe(kind)
})

it('keeps the server’s message, and names fields refused by a schema', () => {
  expect(describeFailure(answered(409, 'An administrator exists.')).message).toBe('An administrator exists.')
  const refused = describeFailure(
    answered(400, '[{"code":"too_small"}]', [{ pointer: '/password', detail: 'expected at least 12 characters' }]),
  )
  expect(refused.message).toBe('The server refused some fields.')
  expect(refused.fields.get('/password')).toBe('expected at least 12 characters')
})

it('survives errors of another shape', () => {
  expect(describeFailure(answered(400, 'no', { not: 'a list' })).fields.size).toBe(0)
  expect(describeFailure(answered(400, 'no', [null, { pointer: 1, detail: 2 }])).fields.size).toBe(0)
})
