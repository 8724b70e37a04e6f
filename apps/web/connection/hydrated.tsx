'use client'

import { hydrate, useQueryClient, type DehydratedState, type QueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, type ReactNode } from 'react'

type DehydratedQueries = DehydratedState['queries']

/** Gives its children the data that the server read for them, before they render. */
export function Hydrated({ state, children }: { state: DehydratedState; children: ReactNode }) {
  const queryClient = useQueryClient()
  const later = useMemo(() => takeIn(state, queryClient), [state, queryClient])
  useEffect(() => {
    if (later.length > 0) hydrate(queryClient, { queries: later, mutations: [] })
  }, [later, queryClient])
  return children
}

/**
 * Takes in what the browser has no data of, and returns newer data of what is on show, which may change only after the
 * rendering. The time of arrival counts on this machine's clock, because the clocks may differ.
 */
function takeIn({ queries }: DehydratedState, queryClient: QueryClient): DehydratedQueries {
  const dataUpdatedAt = Date.now()
  const first: DehydratedQueries = []
  const later: DehydratedQueries = []
  for (const query of queries) {
    const known: unknown = queryClient.getQueryCache().get(query.queryHash)?.state.data
    const arrived = { ...query, state: { ...query.state, dataUpdatedAt } }
    if (known === undefined) first.push(arrived)
    // Back shows a page as the server rendered it then, and the browser may know better.
    else if (!isLater(known, query.state.data)) later.push(arrived)
  }
  hydrate(queryClient, { queries: first, mutations: [] })
  return later
}

function isLater(known: unknown, arrived: unknown): boolean {
  const [knownAt, arrivedAt] = [clockOf(known), clockOf(arrived)]
  return knownAt !== null && arrivedAt !== null && knownAt >= arrivedAt
}

/** The server's clock in an answer, ISO 8601 in UTC, which sorts as text. */
function clockOf(data: unknown): string | null {
  return typeof data === 'object' && data !== null && 'now' in data && typeof data.now === 'string' ? data.now : null
}
