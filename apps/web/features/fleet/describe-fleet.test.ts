import { describe, expect, it } from 'vitest'
import { describeFleet } from './describe-fleet.ts'
import { row, summary } from './testing/fleet.ts'

const now = Date.UTC(2026, 2, 3, 3, 26)
const plain = (text: string | undefined) => text?.replaceAll('\u00a0', ' ')

describe('describeFleet', () => {
  it.each([
    {
      name: 'many missing',
      totals: { vms: 900, vmsMissing: 84, hypervisorsWithMissing: 3 },
      expected: '84 VMs on 3 hypervisors have no ::/0.',
    },
    {
      name: 'one missing',
      totals: { vms: 9, vmsMissing: 1, hypervisorsWithMissing: 1 },
      expected: '1 VM on 1 hypervisor has no ::/0.',
    },
    {
      name: 'none missing, some unknown',
      totals: { vms: 9, vmsUnknown: 2 },
      expected: 'Every VM that can be checked has ::/0.',
    },
    { name: 'all well', totals: { vms: 8000 }, expected: 'All 8,000 VMs have ::/0.' },
    {
      name: 'all unknown is not all well',
      totals: { vms: 9, vmsUnknown: 9 },
      expected: 'No VM could be checked for ::/0.',
    },
    { name: 'no VMs', totals: {}, expected: 'No VM has been seen yet.' },
  ])('says $name', ({ totals, expected }) => {
    expect(describeFleet(summary(totals), now).headline).toBe(expected)
  })

  it.each([
    { name: 'all', totals: { vms: 80 }, expected: 'Each of 80 VMs still has ::/0, but 1 hypervisor is blocked.' },
    {
      name: 'those checked',
      totals: { vms: 80, vmsUnknown: 9 },
      expected: 'Every VM that can be checked still has ::/0, but 1 hypervisor is blocked.',
    },
  ])('warns about $name if a hypervisor is blocked', ({ totals, expected }) => {
    const { tone, headline } = describeFleet(summary({ ...totals, statuses: { 'sends-blocked': 1 } }), now)
    expect({ tone, headline }).toEqual({ tone: 'danger', headline: expected })
  })

  it('warns about hypervisors whose sender is gone', () => {
    const { tone, headline } = describeFleet(summary({ vms: 80, statuses: { 'no-sender': 1 } }), now)
    expect({ tone, headline }).toEqual({
      tone: 'danger',
      headline: 'Each of 80 VMs still has ::/0, but 1 hypervisor has no sender.',
    })
  })

  it('names the worst hypervisor, since when, and the next one to fill', () => {
    const described = describeFleet(
      summary(
        { vms: 120, vmsMissing: 84, hypervisorsWithMissing: 1, vmsUnknown: 3 },
        {
          worst: row({
            id: 'hv_12',
            name: 'hv-12',
            status: 'sends-blocked',
            fullAt: '2026-03-03T03:12:00Z',
            vms: { total: 84, missing: 84, unknown: 0 },
          }),
          next: row({ id: 'hv_33', name: 'hv-33', status: 'leaking', fullAt: '2026-03-03T06:26:00Z' }),
        },
      ),
      now,
      'UTC',
    )
    expect(plain(described.worst?.text)).toBe('sends blocked since 03:12 (14 min), 84 VMs without ::/0')
    expect(described.worst?.id).toBe('hv_12')
    expect(described.next?.name).toBe('hv-33')
    expect(plain(described.next?.text)).toBe('full in 3 h')
    expect(described.unknown).toBe('3 of 120 VMs could not be checked')
  })

  it('says when VMs of blocked hypervisors go dark', () => {
    const goesDark = { firstAt: '2026-03-03T03:31:00.000Z', lastAt: '2026-03-03T03:46:00.000Z', vms: 84 }
    const { dark } = describeFleet(summary({ vms: 120 }, { goesDark }), now, 'UTC')
    expect(plain(dark ?? undefined)).toBe('84 VMs go dark, the first in 5 min and the last in 20 min at the latest')
    expect(describeFleet(summary({ vms: 120 }), now).dark).toBeNull()
  })

  it('names a healthy hypervisor that has VMs in the dark', () => {
    const worst = row({ name: 'hv-9', vms: { total: 4, missing: 2, unknown: 0 } })
    expect(describeFleet(summary({ vms: 4, vmsMissing: 2, hypervisorsWithMissing: 1 }, { worst }), now).worst).toEqual({
      id: 'hv_1',
      name: 'hv-9',
      text: '2 VMs without ::/0',
      why: null,
    })
  })
})
