'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useUrlState } from './use-url-state.ts'

export const REFUSED_CURSOR = 'The place in the list was no longer valid: this is the first page.'

/** The steps of this tab: each cursor with the cursor of the page before, null for the first page. */
const previous = new Map<string, string | null>()

export type CursorPages = {
  readonly cursor: string | undefined
  /** 1 for the first page; null if a link led into the middle of the list. */
  readonly number: number | null
  readonly toFirst: () => void
  /** Null if the page before is not known. */
  readonly toPrevious: (() => void) | null
  readonly toNext: (nextCursor: string) => void
}

/** The page of a list whose place is a cursor in the URL under `name`. */
export function useCursor(name: string): CursorPages {
  const { params, set } = useUrlState()
  const cursor = params.get(name)
  const goTo = (place: string | null) => set({ [name]: place }, 'push')
  const before = cursor === null ? undefined : previous.get(cursor)
  return {
    cursor: cursor ?? undefined,
    number: numberOf(cursor),
    toFirst: () => goTo(null),
    toPrevious: before === undefined ? null : () => goTo(before),
    toNext(nextCursor) {
      previous.set(nextCursor, cursor)
      goTo(nextCursor)
    },
  }
}

/**
 * Falls back to the first page if the server refuses the cursor of the URL, such as an old link. True after that, until
 * the reader leaves the first page.
 */
export function useRefusedCursor(
  name: string,
  query: Pick<UseQueryResult<unknown, unknown>, 'isError' | 'error'>,
): boolean {
  const { params, set } = useUrlState()
  const [refused, setRefused] = useState(false)
  const cursor = params.get(name)
  const isRefused = cursor !== null && query.isError && describeFailure(query.error).kind === 'refused'
  if (refused !== isRefused && (isRefused || cursor !== null)) setRefused(isRefused)
  useEffect(() => {
    if (isRefused) set({ [name]: null })
  }, [isRefused, name, set])
  return refused
}

function numberOf(cursor: string | null): number | null {
  let number = 1
  for (let place: string | null | undefined = cursor; place !== null; place = previous.get(place)) {
    if (place === undefined) return null
    number += 1
  }
  return number
}
