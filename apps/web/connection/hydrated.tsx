'use client'

import { HydrationBoundary, useQueryClient, type DehydratedState, type QueryClient } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'

/** Gives its children the data that the server read for them. */
export function Hydrated({ state, children }: { state: DehydratedState; children: ReactNode }) {
  const queryClient = useQueryClient()
  const arrived = useMemo(() => arrivedNow(state, queryClient), [state, queryClient])
  return <HydrationBoundary state={arrived}>{children}</HydrationBoundary>
}

/**
 * Notes when the data arrived on this machine's clock, because the clocks may differ. Leaves out what the browser has
 * in a later state: Back shows a page again as the server rendered it.
 */
function arrivedNow(state: DehydratedState, queryClient: QueryClient): DehydratedState {
  const dataUpdatedAt = Date.now()
  return {
    ...state,
    queries: state.queries
      .filter(
        ({ queryHash, state: { data } }) => !isLater(queryClient.getQueryCache().get(queryHash)?.state.data, data),
      )
      .map((query) => Object.assign({}, query, { state: { ...query.state, dataUpdatedAt } })),
  }
}

function isLater(known: unknown, arrived: unknown): boolean {
  const [knownAt, arrivedAt] = [clockOf(known), clockOf(arrived)]
  return knownAt !== null && arrivedAt !== null && knownAt >= arrivedAt
}

/** The server's clock in an answer, ISO 8601 in UTC, which sorts as text. */
function clockOf(data: unknown): string | null {
  return typeof data === 'object' && data !== null && 'now' in data && typeof data.now === 'string' ? data.now : null
}
