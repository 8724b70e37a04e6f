'use client'

import { useQuery } from '@tanstack/react-query'
import { trpc } from '../../connection/trpc.ts'

/** The hypervisor itself, which several panels read. */
export function useHead(id: string) {
  return useQuery(trpc.hypervisor.head.queryOptions({ id }))
}
