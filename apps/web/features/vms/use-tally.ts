'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { trpc } from '../../connection/trpc.ts'
import { talliedBy, type VmView } from './read-vm-view.ts'

/** How many VMs of the search have each status. */
export function useTally({ query }: VmView) {
  return useQuery({ ...trpc.vm.tally.queryOptions(talliedBy(query)), placeholderData: keepPreviousData })
}
