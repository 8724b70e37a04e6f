import { ROUTE_STATUSES, type RouteStatus } from '@slashzero/contract/rest'
import { MAX_ID_CHARACTERS, MAX_SEARCH_CHARACTERS, VM_SORTS, type VmListQuery } from '@slashzero/contract/page'

export const VMS_PER_PAGE = 100

/** What the VM list shows, as its URL says. */
export type VmView = {
  readonly route: RouteStatus | 'dark' | 'all'
  readonly page: number
  readonly query: VmListQuery
}

/**
 * Reads the view from the URL and ignores invalid values. By default the list shows VMs without ::/0, longest first.
 */
export function readVmView(params: URLSearchParams): VmView {
  const route = readRoute(params.get('route'))
  const page = readPage(params.get('page'))
  const hypervisor = readText(params.get('hypervisor'), MAX_ID_CHARACTERS)
  const search = readText(params.get('search'), MAX_SEARCH_CHARACTERS)
  return {
    route,
    page,
    query: {
      ...(route === 'dark' ? { goesDark: true } : route !== 'all' && { route }),
      ...(hypervisor !== undefined && { hypervisor }),
      ...(search !== undefined && { search }),
      sort: VM_SORTS.find((sort) => sort === params.get('sort')) ?? (route === 'dark' ? 'ends' : 'since'),
      descending: params.get('descending') === 'true',
      offset: (page - 1) * VMS_PER_PAGE,
      limit: VMS_PER_PAGE,
    },
  }
}

/** The URL of the same list as CSV: every row, not only this page. */
export function csvHref({ query }: VmView): string {
  const params = new URLSearchParams()
  if (query.route) params.set('route', query.route)
  if (query.goesDark) params.set('goesDark', 'true')
  if (query.hypervisor) params.set('hypervisor', query.hypervisor)
  if (query.search) params.set('search', query.search)
  params.set('sort', query.sort)
  params.set('descending', String(query.descending))
  return `/api/export/vms.csv?${params.toString()}`
}

function readRoute(value: string | null): VmView['route'] {
  if (value === 'all' || value === 'dark') return value
  return ROUTE_STATUSES.find((status) => status === value) ?? 'missing'
}

function readText(value: string | null, maxCharacters: number): string | undefined {
  const text = value?.trim() ?? ''
  return text === '' || text.length > maxCharacters ? undefined : text
}

function readPage(value: string | null): number {
  const page = Number(value ?? 1)
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1
}
