'use client'

import type { DemoStatus } from '@slashzero/contract/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTRPC } from '../../connection/trpc-context.ts'

const POLL_MILLISECONDS = 1000

/** Whether there is a demo fleet. While the fleet loads, the status is read every second; after that the fleet is. */
export function useDemoStatus(): DemoStatus | undefined {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data } = useQuery({
    ...trpc.demo.status.queryOptions(),
    refetchInterval: (query) => (query.state.data?.state === 'loading' ? POLL_MILLISECONDS : false),
  })
  const before = useRef(data?.state)
  useEffect(() => {
    if (before.current === 'loading' && data?.state === 'present') {
      void queryClient.invalidateQueries({ queryKey: trpc.fleet.read.queryKey() })
    }
    before.current = data?.state
  }, [data?.state, queryClient, trpc])
  return data
}

/** Starts the load of the demo fleet. */
export function useLoadDemo() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  return useMutation(
    trpc.demo.load.mutationOptions({
      onSuccess: (started) => queryClient.setQueryData(trpc.demo.status.queryKey(), started),
    }),
  )
}
