import { FLEET_SORTS, MAX_SEARCH_CHARACTERS, type FleetPageQuery } from '@slashzero/contract/page'
import { HYPERVISOR_STATUSES } from '@slashzero/contract/rest'

export const HYPERVISORS_PER_PAGE = 25

/** What the list of hypervisors shows, as its URL says. Invalid values are ignored. */
export function readFleetQuery(params: URLSearchParams): FleetPageQuery {
  const status = HYPERVISOR_STATUSES.find((known) => known === params.get('status'))
  const search = (params.get('search') ?? '').trim().slice(0, MAX_SEARCH_CHARACTERS)
  const cursor = params.get('cursor')
  return {
    ...(status !== undefined && { status }),
    ...(search !== '' && { search }),
    sort: FLEET_SORTS.find((known) => known === params.get('sort')) ?? 'worst',
    ...(cursor !== null && { cursor }),
    limit: HYPERVISORS_PER_PAGE,
  }
}

/** The filter of the counts beside the statuses: the search alone. */
export function countedBy({ search }: Pick<FleetPageQuery, 'search'>): { search?: string } {
  return search === undefined ? {} : { search }
}

/** The queries of the two shortlists. */
export const LOST_LAST = { route: 'missing', sort: 'since', descending: true, limit: 3 } as const
export const DARK_NEXT = { goesDark: true, sort: 'ends', descending: false, limit: 3 } as const
