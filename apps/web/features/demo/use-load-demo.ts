'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { trpc } from '../../connection/trpc.ts'

/** Starts the load of the demo fleet. */
export function useLoadDemo() {
  const queryClient = useQueryClient()
  return useMutation(
    trpc.demo.load.mutationOptions({
      onSuccess: (started) => queryClient.setQueryData(trpc.demo.status.queryKey(), started),
    }),
  )
}
