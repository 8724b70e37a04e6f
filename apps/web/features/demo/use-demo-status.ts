'use client'

import type { DemoStatus } from '@slashzero/contract/page'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { trpc } from '../../connection/trpc.ts'

const POLL_MILLISECONDS = 1000

/** Whether there is a demo fleet. While the fleet loads, the status is read every second; after that the fleet is. */
export function useDemoStatus(): DemoStatus | undefined {
  const queryClient = useQueryClient()
  const { data } = useQuery({
    ...trpc.demo.status.queryOptions(),
    refetchInterval: (query) => (query.state.data?.state === 'loading' ? POLL_MILLISECONDS : false),
  })
  const before = useRef(data?.state)
  useEffect(() => {
    if (before.current === 'loading' && data?.state === 'present') {
      void queryClient.invalidateQueries()
    }
    before.current = data?.state
  }, [data?.state, queryClient])
  return data
}
