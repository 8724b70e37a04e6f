'use client'

import { useQuery } from '@tanstack/react-query'
import { trpc } from '../../connection/trpc.ts'

/** The answer of the fleet, which several parts of the page read. */
export function useSummary() {
  return useQuery(trpc.fleet.summary.queryOptions())
}
