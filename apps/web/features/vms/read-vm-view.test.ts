import { describe, expect, it } from 'vitest'
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
