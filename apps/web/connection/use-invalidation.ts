'use client'

import type { Change } from '@slashzero/contract/page'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTRPC } from './trpc-context.ts'
import { pace, type Pacer } from './pace.ts'

/** A changed verdict shows at once; changed figures may wait. */
const VERDICT = { soon: 50, apart: 1000 }
const FIGURES = { soon: 250, apart: 3000 }
const CHART = { soon: 500, apart: 10_000 }

/**
 * Reads again only what a change concerns: the lists, and the page and chart of the named hypervisor, each at its own
 * pace. A hidden page waits until it is visible.
 */
export function useInvalidation(): {
  readonly note: (change: Change) => void
  /** A stream is open; `late` if the data on show is old. */
  readonly opened: (late: boolean) => void
} {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const pacers = useRef<{ readonly lists: Pacer; readonly hypervisor: Pacer; readonly chart: Pacer } | null>(null)
  const missed = useRef(false)
  const wasOpen = useRef(false)

  useEffect(() => {
    const invalidate = (queryKey: readonly unknown[]) => queryClient.invalidateQueries({ queryKey })
    const each = (moved: ReadonlySet<string | null>, queryKey: (id: string) => readonly unknown[]) =>
      Promise.all([...moved].filter((id) => id !== null).map((id) => invalidate(queryKey(id))))
    const made = {
      lists: pace(() => Promise.all([invalidate(trpc.fleet.read.queryKey()), invalidate(trpc.vm.pathKey())])),
      hypervisor: pace((moved) => each(moved, (id) => trpc.hypervisor.read.queryKey({ id }))),
      chart: pace((moved) => each(moved, (id) => trpc.hypervisor.headroom.queryKey({ id }))),
    }
    pacers.current = made
    return () => Object.values(made).forEach(({ stop }) => stop())
  }, [queryClient, trpc])

  useEffect(() => {
    const catchUp = () => {
      if (document.hidden || !missed.current) return
      missed.current = false
      void queryClient.invalidateQueries()
    }
    document.addEventListener('visibilitychange', catchUp)
    return () => document.removeEventListener('visibilitychange', catchUp)
  }, [queryClient])

  const note = useCallback(({ hypervisorId, verdict }: Change) => {
    if (document.hidden) {
      missed.current = true
      return
    }
    pacers.current?.lists.note(hypervisorId, verdict ? VERDICT : FIGURES)
    pacers.current?.hypervisor.note(hypervisorId, VERDICT)
    pacers.current?.chart.note(hypervisorId, CHART)
  }, [])
  const opened = useCallback(
    (late: boolean) => {
      // Changes between two streams were missed.
      if (late || wasOpen.current) void queryClient.invalidateQueries()
      wasOpen.current = true
    },
    [queryClient],
  )
  return useMemo(() => ({ note, opened }), [note, opened])
}
