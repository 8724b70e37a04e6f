import { describe, expect, it } from 'vitest'
import { csvHref, readVmView } from './read-vm-view.ts'

const view = (query: string) => readVmView(new URLSearchParams(query))

describe('readVmView', () => {
  it('shows VMs without ::/0 by default, longest first', () => {
    expect(view('')).toEqual({
      route: 'missing',
      unsearched: null,
      query: { route: 'missing', sort: 'since', descending: false, limit: 25 },
    })
  })

  it('reads every parameter', () => {
    expect(view('route=all&hypervisor=hv_1&search=%20web%20&sort=name&descending=true&cursor=abc')).toEqual({
      route: 'all',
      unsearched: null,
      query: { hypervisor: 'hv_1', search: 'web', sort: 'name', descending: true, cursor: 'abc', limit: 25 },
    })
  })

  it('shows the VM that goes dark next first', () => {
    expect(view('route=dark')).toMatchObject({
      route: 'dark',
      query: { goesDark: true, sort: 'ends', descending: false },
    })
    expect(view('route=dark&sort=since').query.sort).toBe('since')
    expect(csvHref(view('route=dark'))).toBe('/api/export/vms.csv?goesDark=true')
  })

  it.each([
    { typed: 'we', expected: 'Type at least 3 characters to search.' },
    { typed: '---', expected: 'Type more letters or digits to search.' },
  ])('says why "$typed" is not searched', ({ typed, expected }) => {
    expect(view(`search=${typed}`)).toEqual({ ...view(''), unsearched: expected })
  })

  it.each(['route=nonsense', 'sort=%3Cscript%3E', 'sort=ends', `hypervisor=${'x'.repeat(300)}`])(
    'ignores %s',
    (query) => {
      expect(view(query)).toEqual(view(''))
    },
  )
})

describe('csvHref', () => {
  it('carries the filter, not the order and the page', () => {
    expect(csvHref(view('search=a%26bc&sort=name&cursor=4'))).toBe('/api/export/vms.csv?route=missing&search=a%26bc')
    expect(csvHref(view('route=all'))).toBe('/api/export/vms.csv')
  })
})
