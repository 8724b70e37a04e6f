'use client'

import type { LiveChange } from '@slashzero/contract/page'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { fieldOf } from '../call.ts'
import { trpc } from '../trpc.ts'
import { movesLists, patchesOf, patchRow, patchRows, patchSummary } from './apply-change.ts'
import { pace, type Pacer } from './pace.ts'

/** What moves lists is read again soon; panels of one hypervisor after each of its reports; the rest seldom. */
const LISTS = { soon: 50, apart: 5000 }
const VERDICT = { soon: 50, apart: 1000 }
const PANELS = { soon: 50, apart: 3000 }
const SELDOM = { soon: 500, apart: 30_000 }
const AGES = { soon: 15_000, apart: 30_000 }

type Pacers = { readonly lists: Pacer; readonly panels: Pacer; readonly seldom: Pacer; readonly ages: Pacer }

/** Puts changes of the stream into the data on show, and reads again only the bounded parts that they move. */
export function useChanges(): (change: LiveChange) => void {
  const queryClient = useQueryClient()
  const pacers = useRef<Pacers | null>(null)

  useEffect(() => {
    const keys = {
      lists: [
        trpc.fleet.summary.queryKey(),
        trpc.fleet.page.pathKey(),
        trpc.fleet.counts.pathKey(),
        trpc.vm.page.pathKey(),
        trpc.vm.tally.pathKey(),
      ],
      panels: [
        trpc.hypervisor.senders.pathKey(),
        trpc.hypervisor.taps.pathKey(),
        trpc.vm.page.pathKey(),
        trpc.vm.read.pathKey(),
      ],
      seldom: [trpc.hypervisor.headroom.pathKey(), trpc.hypervisor.head.pathKey(), trpc.fleet.skyline.queryKey()],
    }
    const made: Pacers = {
      lists: pace(() => readAgain(queryClient, keys.lists)),
      panels: pace((ids) => readAgain(queryClient, keys.panels, ids)),
      seldom: pace(() => readAgain(queryClient, keys.seldom)),
      ages: pace(() => readAgain(queryClient, [trpc.vm.page.pathKey()])),
    }
    pacers.current = made
    return () => Object.values(made).forEach(({ stop }) => stop())
  }, [queryClient])

  return useMemo(() => {
    const summaryKey = trpc.fleet.summary.queryKey()
    return (change) => {
      const patches = patchesOf(change)
      const moves = movesLists(queryClient.getQueryData(summaryKey)?.totals, change)
      queryClient.setQueryData(summaryKey, (summary) => summary && patchSummary(summary, change))
      queryClient.setQueriesData<{ now: string; items: readonly { id: string }[] }>(
        { queryKey: trpc.fleet.page.pathKey() },
        (page) => {
          if (!page) return page
          const items = patchRows(page.items, patches)
          return items === page.items ? page : { ...page, now: change.now, items }
        },
      )
      for (const patch of patches.values()) {
        queryClient.setQueryData(
          trpc.hypervisor.head.queryKey({ id: patch.id }),
          (head) => head && { ...patchRow(head, patch), now: change.now },
        )
        pacers.current?.panels.note(patch.id, patch.verdict ? VERDICT : PANELS)
      }
      if (moves) pacers.current?.lists.note(null, LISTS)
      if (patches.size > 0) pacers.current?.ages.note(null, AGES)
      pacers.current?.seldom.note(null, SELDOM)
    }
  }, [queryClient])
}

/** Reads the queries on show again: all under the keys, or only those that concern one of the hypervisors. */
function readAgain(
  queryClient: QueryClient,
  keys: readonly (readonly unknown[])[],
  ids?: ReadonlySet<string | null>,
): Promise<unknown> {
  return Promise.all(
    keys.map((queryKey) =>
      queryClient.invalidateQueries({
        queryKey,
        predicate: ({ queryKey: own, state }) => ids === undefined || ids.has(hypervisorOf(own[1], state.data)),
      }),
    ),
  )
}

/** The hypervisor that a query is about: by its input, or by its data. */
function hypervisorOf(asked: unknown, data: unknown): string | null {
  const input = fieldOf(asked, 'input')
  const of =
    fieldOf(fieldOf(fieldOf(data, 'vm'), 'hypervisor'), 'id') ?? fieldOf(input, 'hypervisor') ?? fieldOf(input, 'id')
  return typeof of === 'string' ? of : null
}
