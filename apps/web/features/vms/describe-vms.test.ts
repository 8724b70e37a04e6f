import { describe, expect, it } from 'vitest'
import { describeVms, titleOfVms } from './describe-vms.ts'
import { readVmView } from './read-vm-view.ts'

const view = (query: string) => readVmView(new URLSearchParams(query))

describe('describeVms', () => {
  it.each([
    { query: '', total: 84, hypervisors: 3, expected: '84 VMs on 3 hypervisors have no ::/0.' },
    { query: '', total: 1, hypervisors: 1, expected: '1 VM on 1 hypervisor has no ::/0.' },
    { query: 'search=web', total: 2, hypervisors: 1, expected: '2 VMs that match on 1 hypervisor have no ::/0.' },
    { query: '', total: 0, hypervisors: 0, expected: 'No VM is known to be without ::/0.' },
    { query: 'search=web', total: 0, hypervisors: 0, expected: 'No VM that matches is known to be without ::/0.' },
    {
      query: 'route=dark',
      total: 1,
      hypervisors: 1,
      expected: '1 VM on 1 hypervisor will lose ::/0, and nothing can renew it.',
    },
    { query: 'route=dark', total: 0, hypervisors: 0, expected: 'No VM is known to lose ::/0 next.' },
    { query: 'route=all', total: 10_000, hypervisors: 250, expected: '10,000 VMs on 250 hypervisors in all.' },
  ])('says $expected', ({ query, total, hypervisors, expected }) => {
    expect(describeVms({ total, hypervisors }, view(query))).toBe(expected)
  })

  it('titles the page', () => {
    expect(titleOfVms(84, view(''))).toBe('84 VMs missing ::/0 · Slashzero')
    expect(titleOfVms(null, view('route=unknown'))).toBe('VMs unknown · Slashzero')
  })
})
