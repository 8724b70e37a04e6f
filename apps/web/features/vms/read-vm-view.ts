import {
  INDEXED_VM_SEARCH,
  MAX_ID_CHARACTERS,
  MAX_SEARCH_CHARACTERS,
  MIN_VM_SEARCH_CHARACTERS,
  VM_SORTS,
  type VmFilter,
  type VmPageQuery,
} from '@slashzero/contract/page'
import { ROUTE_STATUSES, type RouteStatus } from '@slashzero/contract/rest'

export const VMS_PER_PAGE = 25

/** What the VM list shows, as its URL says. */
export type VmView = {
  readonly route: RouteStatus | 'dark' | 'all'
  readonly query: VmPageQuery
  /** Why the typed text is not searched, in words; null if the text is searched or empty. */
  readonly unsearched: string | null
}

/**
 * Reads the view from the URL and ignores invalid values. By default the list shows VMs without ::/0, longest first.
 */
export function readVmView(params: URLSearchParams): VmView {
  const route = readRoute(params.get('route'))
  const hypervisor = params.get('hypervisor') ?? ''
  const typed = (params.get('search') ?? '').trim().slice(0, MAX_SEARCH_CHARACTERS)
  const unsearched = typed === '' ? null : whyUnsearched(typed)
  const cursor = params.get('cursor')
  return {
    route,
    unsearched,
    query: {
      ...(route === 'dark' ? { goesDark: true } : route !== 'all' && { route }),
      ...(hypervisor !== '' && hypervisor.length <= MAX_ID_CHARACTERS && { hypervisor }),
      ...(typed !== '' && unsearched === null && { search: typed }),
      sort: readSort(params.get('sort'), route),
      descending: params.get('descending') === 'true',
      ...(cursor !== null && { cursor }),
      limit: VMS_PER_PAGE,
    },
  }
}

/** The filter of the counts beside the statuses: everything but the status. */
export function talliedBy({ hypervisor, search }: VmFilter): VmFilter {
  return { ...(search !== undefined && { search }), ...(hypervisor !== undefined && { hypervisor }) }
}

/** The URL of the same VMs as CSV: all of them, hypervisor by hypervisor. */
export function csvHref({ query }: VmView): string {
  const params = new URLSearchParams()
  if (query.route) params.set('route', query.route)
  if (query.goesDark) params.set('goesDark', 'true')
  if (query.hypervisor) params.set('hypervisor', query.hypervisor)
  if (query.search) params.set('search', query.search)
  return `/api/export/vms.csv${params.size === 0 ? '' : `?${params.toString()}`}`
}

function readRoute(value: string | null): VmView['route'] {
  if (value === 'all' || value === 'dark') return value
  return ROUTE_STATUSES.find((status) => status === value) ?? 'missing'
}

/** Only VMs that go dark have an order of ends. */
function readSort(value: string | null, route: VmView['route']): VmPageQuery['sort'] {
  const sort = VM_SORTS.find((known) => known === value)
  if (route === 'dark') return sort ?? 'ends'
  return sort === undefined || sort === 'ends' ? 'since' : sort
}

function whyUnsearched(typed: string): string | null {
  if (typed.length < MIN_VM_SEARCH_CHARACTERS) return `Type at least ${MIN_VM_SEARCH_CHARACTERS} characters to search.`
  return INDEXED_VM_SEARCH.test(typed) ? null : 'Type more letters or digits to search.'
}
