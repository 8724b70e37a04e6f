import { expect, test } from 'vitest'
import { toHeadroom } from './to-headroom.ts'

const unmeasured = {
  optmemBytes: null,
  optmemMaxBytes: null,
  memberships: null,
  staleMemberships: null,
  joinsLeft: null,
  fullAt: null,
}

test('a hypervisor without a sender has no figures, and no figure is 0', () => {
  expect(toHeadroom([])).toEqual(unmeasured)
})

test('the fullest socket stands for the hypervisor, with its figures alone', () => {
  const full = { optmemBytes: 20_440, optmemMaxBytes: 20_480, memberships: 365, staleMemberships: 300, joinsLeft: 0 }
  const sockets = [
    { ...unmeasured, sendsBlocked: null },
    { ...full, sendsBlocked: true, fullAt: 0 },
  ]
  expect(toHeadroom(sockets)).toEqual({ ...full, fullAt: '1970-01-01T00:00:00.000Z' })
})
