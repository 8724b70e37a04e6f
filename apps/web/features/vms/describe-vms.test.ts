import type { VmTally } from '@slashzero/contract/page'
import { describe, expect, it } from 'vitest'
import { describeVms, titleOfVms } from './describe-vms.ts'
import { readVmView } from './read-vm-view.ts'

const view = (query: string) => readVmView(new URLSearchParams(query))
const tally = (route: Partial<VmTally['route']>, more: Partial<VmTally> = {}): VmTally => ({
  now: '2026-03-03T03:26:00Z',
  route: { missing: 0, expiring: 0, unknown: 0, ok: 0, ...route },
  goesDark: 0,
  hypervisorsWithMissing: 0,
  max: null,
  ...more,
})

describe('describeVms', () => {
  it.each([
    {
      query: '',
      vms: tally({ missing: 84 }, { hypervisorsWithMissing: 3 }),
      expected: '84 VMs on 3 hypervisors have no ::/0.',
    },
    {
      query: '',
      vms: tally({ missing: 1 }, { hypervisorsWithMissing: 1 }),
      expected: '1 VM on 1 hypervisor has no ::/0.',
    },
    {
      query: 'search=web',
      vms: tally({ missing: 2 }, { hypervisorsWithMissing: 1 }),
      expected: '2 VMs that match on 1 hypervisor have no ::/0.',
    },
    {
      query: '',
      vms: tally({ missing: 10_000 }, { hypervisorsWithMissing: 300, max: 10_000 }),
      expected: '10,000 or more VMs on at least 300 hypervisors have no ::/0.',
    },
    { query: '', vms: tally({ ok: 9 }), expected: 'No VM is known to be without ::/0.' },
    { query: 'search=web', vms: tally({}), expected: 'No VM that matches is known to be without ::/0.' },
    {
      query: 'route=dark',
      vms: tally({ ok: 1 }, { goesDark: 1 }),
      expected: '1 VM will lose ::/0, and nothing can renew it.',
    },
    { query: 'route=dark', vms: tally({ ok: 1 }), expected: 'No VM is known to lose ::/0 next.' },
    { query: 'route=all', vms: tally({ ok: 9000, unknown: 1000 }), expected: '10,000 VMs in all.' },
  ])('says $expected', ({ query, vms, expected }) => {
    expect(describeVms(vms, view(query))).toBe(expected)
  })

  it('titles the page', () => {
    expect(titleOfVms(tally({ missing: 84 }), view(''))).toBe('84 VMs missing ::/0 · Slashzero')
    expect(titleOfVms(null, view('route=unknown'))).toBe('VMs unknown · Slashzero')
  })
})
