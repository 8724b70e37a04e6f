import { describe, expect, it } from 'vitest'
import { describeVms, titleOfVms } from './describe-vms.ts'
import { csvHref, readVmView } from './read-vm-view.ts'

const view = (query: string) => readVmView(new URLSearchParams(query))

describe('readVmView', () => {
  it('shows VMs without ::/0 by default, longest first', () => {
    expect(view('')).toEqual({
      route: 'missing',
      page: 1,
      query: { route: 'missing', sort: 'since', descending: false, offset: 0, limit: 100 },
    })
  })

  it('reads every parameter', () => {
    expect(view('route=all&hypervisor=hv_1&search=%20web%20&sort=name&descending=true&page=3')).toEqual({
      route: 'all',
      page: 3,
      query: { hypervisor: 'hv_1', search: 'web', sort: 'name', descending: true, offset: 200, limit: 100 },
    })
  })

  it('shows the VM that goes dark next first', () => {
    expect(view('route=dark')).toMatchObject({
      route: 'dark',
      query: { goesDark: true, sort: 'ends', descending: false },
    })
    expect(view('route=dark&sort=since').query.sort).toBe('since')
    expect(csvHref(view('route=dark'))).toBe('/api/export/vms.csv?goesDark=true&sort=ends&descending=false')
  })

  it.each(['route=nonsense', 'sort=%3Cscript%3E', 'page=-1', 'page=1e99', `search=${'x'.repeat(300)}`])(
    'ignores %s',
    (query) => {
      expect(view(query)).toEqual(view(''))
    },
  )
})

describe('csvHref', () => {
  it('carries the filter and the order, not the page', () => {
    expect(csvHref(view('search=a%26b&page=4'))).toBe(
      '/api/export/vms.csv?route=missing&search=a%26b&sort=since&descending=false',
    )
  })
})

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
