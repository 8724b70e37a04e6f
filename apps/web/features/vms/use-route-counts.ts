'use client'

import type { RouteStatus } from '@slashzero/contract/rest'
import type { VmListQuery } from '@slashzero/contract/page'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../connection/trpc-context.ts'

/** Most urgent first: VMs that have lost ::/0, VMs that lose it next, and the rest. */
export const routeTabs = ['missing', 'dark', 'expiring', 'unknown', 'ok', 'all'] as const satisfies readonly (
  | RouteStatus
  | 'dark'
  | 'all'
)[]

/** How many VMs of this search have each status; undefined until the server answers. */
export function useRouteCounts({
  search,
  hypervisor,
}: VmListQuery): Record<(typeof routeTabs)[number], number> | undefined {
  const trpc = useTRPC()
  const narrowed = { ...(search !== undefined && { search }), ...(hypervisor !== undefined && { hypervisor }) }
  const { data } = useQuery({ ...trpc.vm.count.queryOptions(narrowed), placeholderData: keepPreviousData })
  if (data === undefined) return undefined
  const { missing, expiring, unknown, ok } = data.route
  return { missing, dark: data.goesDark, expiring, unknown, ok, all: missing + expiring + unknown + ok }
}
