'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Button } from '../../ui/control/button.tsx'
import { useDemoStatus } from './use-demo-status.ts'

/** Loads the demo fleet with one click and shows how far it is. */
export function DemoLoad() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const status = useDemoStatus()
  const load = useMutation(
    trpc.demo.load.mutationOptions({
      onSuccess: (started) => queryClient.setQueryData(trpc.demo.status.queryKey(), started),
    }),
  )

  const state = status?.state
  const isLoading = state === 'loading'
  const failure = load.isError ? describeFailure(load.error).message : state === 'failed' ? status?.error : null
  return (
    <div>
      <Button busy={isLoading || load.isPending} onClick={() => load.mutate()}>
        {isLoading || load.isPending ? 'Loading the demo fleet…' : 'Load the demo fleet'}
      </Button>
      {failure !== null && failure !== undefined && (
        <p role="alert" className="mt-2 max-w-md text-[13px] text-danger">
          The demo fleet could not be loaded: {failure}
        </p>
      )}
      {!isLoading && (
        <p className="mt-1.5 text-[12.5px] text-muted">
          200 simulated hypervisors, marked as demo, removed with one click.
        </p>
      )}
    </div>
  )
}
