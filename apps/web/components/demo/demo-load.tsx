'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { formatShare } from '../../client/format/format-count.ts'
import { describeFailure } from '../../client/trpc/describe-failure.ts'
import { useTRPC } from '../../client/trpc/trpc-context.ts'
import { Button } from '../control/button.tsx'
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
      {isLoading && <DemoProgress progress={status?.progress ?? null} />}
      {failure !== null && failure !== undefined && (
        <p role="alert" className="mt-2 max-w-md text-[13px] text-danger">
          The demo fleet could not be loaded: {failure}
        </p>
      )}
      {!isLoading && <p className="mt-1.5 text-[12.5px] text-muted">200 simulated hypervisors, marked as demo, removed with one click.</p>}
    </div>
  )
}

/** How much of the demo fleet has been sent. */
export function DemoProgress({ progress }: { progress: number | null }) {
  return (
    <div className="mt-2 flex items-center gap-2 text-[12.5px] text-muted">
      <progress aria-label="Demo fleet loaded" value={progress ?? undefined} max={1} className="h-1.5 w-40" />
      <span>{progress === null ? 'starting' : formatShare(progress)}</span>
    </div>
  )
}
