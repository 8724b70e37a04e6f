'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { formatCount } from '../../ui/words/format-count.ts'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { ConfirmDialog } from '../../ui/control/confirm-dialog.tsx'
import { DemoProgress } from './demo-progress.tsx'
import { useDemoStatus } from './use-demo-status.ts'

/** Says on every page that some of what is on show is simulated, and removes it. */
export function DemoBanner() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const status = useDemoStatus()
  const isPresent = status?.state === 'present'
  const count = useQuery({
    ...trpc.fleet.read.queryOptions(),
    enabled: isPresent,
    select: ({ totals, hypervisors }) => ({
      all: totals.demoHypervisors,
      isSilent: hypervisors.every(({ demo, status: of }) => !demo || of === 'silent'),
    }),
  })
  const remove = useMutation(
    trpc.demo.remove.mutationOptions({
      onSuccess: async () => {
        setAsking(false)
        await queryClient.invalidateQueries()
      },
    }),
  )
  const isLoading = status?.state === 'loading'
  if (!isPresent && !isLoading) return null

  const hypervisors = count.data ? formatCount(count.data.all, 'simulated hypervisor') : 'simulated hypervisors'
  return (
    <aside aria-label="Demo data" className="border-b border-line bg-accent-wash">
      <div className="mx-auto flex max-w-[1480px] flex-wrap items-center gap-x-2 px-4 py-1.5 text-[13px] sm:px-6">
        <FlaskConical aria-hidden size={14} className="text-accent" />
        {isLoading ? (
          <>
            The demo fleet and its history are being loaded. <DemoProgress progress={status.progress} />
          </>
        ) : (
          <>
            Demo data: {hypervisors}
            {count.data?.isSilent ? ', which report no more.' : '.'}
            {count.data?.isSilent && <DemoAgain />}
            <button type="button" className="text-link font-medium" onClick={() => setAsking(true)}>
              Remove
            </button>
          </>
        )}
      </div>
      <ConfirmDialog
        open={asking}
        title={`Remove ${hypervisors}?`}
        action="Remove demo data"
        busy={remove.isPending}
        error={remove.isError ? describeFailure(remove.error).message : null}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        Their VMs and history go with them. What real hypervisors reported stays.
      </ConfirmDialog>
    </aside>
  )
}

/** What simulates the fleet ends with the process that started it. */
function DemoAgain() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const load = useMutation(
    trpc.demo.load.mutationOptions({
      onSuccess: (started) => queryClient.setQueryData(trpc.demo.status.queryKey(), started),
    }),
  )
  return (
    <button type="button" className="text-link font-medium" disabled={load.isPending} onClick={() => load.mutate()}>
      {load.isError ? describeFailure(load.error).message : 'Load it anew'}
    </button>
  )
}
