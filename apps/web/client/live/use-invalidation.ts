'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTRPC } from '../trpc/trpc-context.ts'
import { pace, type Pacer } from './pace.ts'

const LISTS = { soon: 250, apart: 3000 }
const HYPERVISOR = { soon: 100, apart: 1000 }
const CHART = { soon: 500, apart: 10_000 }

/**
 * Reads again just what a change concerns: the lists, and the named hypervisor's page and chart, each at its own pace.
 * A page that nobody sees waits until it is seen.
 */
export function useInvalidation(): { readonly note: (hypervisorId: string | null) => void } {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const pacers = useRef<readonly Pacer[]>([])
  const missed = useRef(false)

  useEffect(() => {
    const invalidate = (queryKey: readonly unknown[]) => void queryClient.invalidateQueries({ queryKey })
    const ids = (moved: ReadonlySet<string | null>) => [...moved].filter((id) => id !== null)
    pacers.current = [
      pace(() => {
        invalidate(trpc.fleet.read.queryKey())
        invalidate(trpc.vm.pathKey())
      }, LISTS),
      pace((moved) => ids(moved).forEach((id) => invalidate(trpc.hypervisor.read.queryKey({ id }))), HYPERVISOR),
      pace((moved) => ids(moved).forEach((id) => invalidate(trpc.hypervisor.headroom.queryKey({ id }))), CHART),
    ]
    return () => pacers.current.forEach(({ stop }) => stop())
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

  const note = useCallback((hypervisorId: string | null) => {
    if (document.hidden) missed.current = true
    else pacers.current.forEach((pacer) => pacer.note(hypervisorId))
  }, [])
  return useMemo(() => ({ note }), [note])
}
