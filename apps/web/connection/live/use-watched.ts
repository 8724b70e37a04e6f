'use client'

import type { Watched } from '@slashzero/contract/page'
import { createContext, use, useEffect } from 'react'

/** The most hypervisors that one stream watches. */
const MAX_WATCHED = 200

/** Adds what a part of the page shows; the returned function removes it. */
export type AddWatched = (watched: Watched) => () => void

export const WatchList = createContext<AddWatched>(() => () => {})

/** Names what this part of the page shows, so that the stream of changes covers it. */
export function useWatched({ hypervisors = [], totals = false }: Partial<Watched>): void {
  const add = use(WatchList)
  const key = JSON.stringify(hypervisors)
  useEffect(() => {
    const ids = JSON.parse(key) as Watched['hypervisors'] // oxlint-disable-line typescript/no-unsafe-type-assertion -- made above
    return add({ hypervisors: ids, totals })
  }, [add, key, totals])
}

/** What all parts of a page watch together, each hypervisor once. */
export function joinWatched(all: Iterable<Watched>): Watched {
  const parts = [...all]
  const ids = new Set(parts.flatMap(({ hypervisors }) => hypervisors))
  return { hypervisors: [...ids].toSorted().slice(0, MAX_WATCHED), totals: parts.some(({ totals }) => totals) }
}
