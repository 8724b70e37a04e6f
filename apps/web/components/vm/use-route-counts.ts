'use client'

import type { VmListQuery } from '@slashzero/contract'
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { routeStatusesWorstFirst } from '../../client/status/status-words.ts'
import { useTRPC } from '../../client/trpc/trpc-context.ts'

export const routeTabs = [...routeStatusesWorstFirst, 'all'] as const

/** How many VMs of this search are in each state of their route; undefined until it is known. */
export function useRouteCounts({ search, hypervisor }: VmListQuery): Partial<Record<(typeof routeTabs)[number], number>> {
  const trpc = useTRPC()
  const narrowed = { ...(search !== undefined && { search }), ...(hypervisor !== undefined && { hypervisor }) }
  const counts = useQueries({
    queries: routeTabs.map((tab) => ({
      ...trpc.vm.list.queryOptions({ ...narrowed, sort: 'name', limit: 1, ...(tab !== 'all' && { route: tab }) }),
      select: (list: { total: number }) => list.total,
      placeholderData: keepPreviousData,
    })),
  })
  return Object.fromEntries(routeTabs.map((tab, index) => [tab, counts[index]?.data]))
}
