import { expect, test } from 'vitest'
import { describeWhy } from './describe-why.ts'

const at = '2026-01-01T10:00:00.000Z'
const route = { since: at, checkedAt: at, method: null, gateway: null, expiresAt: null, checks: [] }
const found = 'The guest has no ::/0 (guest agent)'

test.each([
  {
    name: 'a cause and a finding',
    cause: 'tap7 is down',
    status: 'missing',
    reason: found,
    expected: ['tap7 is down', found],
  },
  {
    name: 'a finding alone, which is no cause',
    cause: null,
    status: 'missing',
    reason: found,
    expected: ['The cause is not known: the hypervisor shows no reason.', found],
  },
  { name: 'an unknown route', cause: null, status: 'unknown', reason: 'No check', expected: ['No check'] },
  { name: 'a route without a problem', cause: null, status: 'ok', reason: null, expected: [] },
] as const)('$name', ({ cause, status, reason, expected }) => {
  expect(describeWhy({ cause, route: { ...route, status, reason } })).toEqual(expected)
})
