import type { FleetSummary, FleetTotals, HypervisorPatch } from '@slashzero/contract/page'
import { describe, expect, it } from 'vitest'
import { movesLists, patchesOf, patchRows, patchSummary } from './apply-change.ts'

const now = '2026-03-03T03:26:00.000Z'
const patch: HypervisorPatch = {
  id: 'hv_1',
  status: 'leaking',
  statusReason: '9 stale',
  statusSince: now,
  lastSeenAt: now,
  observedAt: now,
  goesDark: null,
  vms: { total: 4, missing: 1, unknown: 0 },
  optmemBytes: 560,
  optmemMaxBytes: 20_480,
  memberships: 10,
  staleMemberships: 9,
  joinsLeft: 355,
  fullAt: null,
  verdict: true,
}
const totals: FleetTotals = {
  hypervisors: 2,
  statuses: {
    healthy: 2,
    'not-measurable': 0,
    leaking: 0,
    'at-risk': 0,
    silent: 0,
    'joins-blocked': 0,
    'no-sender': 0,
    'sends-blocked': 0,
  },
  vms: 8,
  vmsMissing: 0,
  vmsExpiring: 0,
  vmsUnknown: 0,
  vmsDark: 0,
  hypervisorsWithMissing: 0,
}

describe('patchRows', () => {
  const rows = [
    { id: 'hv_1', name: 'one', status: 'healthy', joinsLeft: 360 },
    { id: 'hv_2', name: 'two', status: 'healthy', joinsLeft: 360 },
  ]
  it('changes the named rows, in the fields that they have', () => {
    const patched = patchRows(rows, patchesOf({ now, hypervisors: [patch] }))
    expect(patched).toEqual([{ id: 'hv_1', name: 'one', status: 'leaking', joinsLeft: 355 }, rows[1]])
    expect(patched[1]).toBe(rows[1])
  })

  it('keeps the list if no row is named, so that nothing renders again', () => {
    expect(patchRows(rows, patchesOf({ now, hypervisors: [{ ...patch, id: 'hv_9' }] }))).toBe(rows)
  })
})

it('the answer of the fleet takes the new figures and keeps what the stream does not tell', () => {
  const summary: FleetSummary = { now, totals, worst: null, next: null, goesDark: null, watchesNothing: false }
  expect(patchSummary(summary, { now, totals: { ...totals, vmsMissing: 1 } })).toEqual({
    ...summary,
    totals: { ...totals, vmsMissing: 1 },
  })
})

it.each([
  { name: 'figures of a row', change: { now, hypervisors: [{ ...patch, verdict: false }] }, expected: false },
  { name: 'a verdict', change: { now, hypervisors: [patch] }, expected: true },
  { name: 'the same totals', change: { now, totals: { ...totals } }, expected: false },
  { name: 'other totals', change: { now, totals: { ...totals, vmsMissing: 1 } }, expected: true },
  { name: 'a new hypervisor', change: { now, reread: true }, expected: true },
])('lists are read again after: $name ($expected)', ({ change, expected }) => {
  expect(movesLists(totals, change)).toBe(expected)
})

it('a page without the figures of the fleet, such as the VM list, reads its list again when they change', () => {
  expect(movesLists(undefined, { now, totals })).toBe(true)
  expect(movesLists(undefined, { now, hypervisors: [{ ...patch, verdict: false }] })).toBe(false)
})
