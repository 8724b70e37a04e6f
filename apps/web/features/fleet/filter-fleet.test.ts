import { describe, expect, it } from 'vitest'
import { countStatuses, readFleetView, searchFleet } from './filter-fleet.ts'
import { row } from './testing/fleet.ts'

describe('the fleet’s URL', () => {
  it('reads valid values and ignores the rest', () => {
    expect(readFleetView(new URLSearchParams('search=hv-1&status=leaking'))).toEqual({
      search: 'hv-1',
      status: 'leaking',
    })
    expect(readFleetView(new URLSearchParams('status=%3Cscript%3E'))).toEqual({ search: '', status: null })
  })

  it('searches names and reasons in any case and counts statuses', () => {
    const rows = [row({ name: 'HV-1' }), row({ name: 'hv-2', status: 'leaking', statusReason: 'leaks on PAR1' })]
    expect(searchFleet(rows, ' par1 ').map(({ name }) => name)).toEqual(['hv-2'])
    expect(searchFleet(rows, 'hv-').length).toBe(2)
    expect(searchFleet([row({ labels: { site: 'par1' } }), row({})], 'Site=par').length).toBe(1)
    expect(searchFleet([row({ collectorVersion: '0.2.0' }), row({})], 'collector=0.1').length).toBe(1)
    expect(countStatuses(rows)).toEqual(
      new Map([
        ['healthy', 1],
        ['leaking', 1],
      ]),
    )
  })
})
