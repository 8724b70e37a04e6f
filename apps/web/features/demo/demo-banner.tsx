'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { ConfirmButton } from '../../ui/control/confirm-button.tsx'
import { formatCount, formatShare } from '../../ui/words/format-count.ts'
import { useDemoStatus, useLoadDemo } from './use-demo-status.ts'

/** Says on every page that some hypervisors are simulated, and removes them. */
export function DemoBanner() {
  const status = useDemoStatus()
  if (status?.state !== 'present' && status?.state !== 'loading') return null
  return (
    <aside aria-label="Demo data" className="border-b border-line bg-accent-wash">
      <div className="mx-auto flex max-w-[1480px] flex-wrap items-center gap-x-2 px-4 py-1.5 text-[13px] sm:px-6">
        <FlaskConical aria-hidden size={14} className="text-accent" />
        {status.state === 'loading' ? <DemoProgress progress={status.progress} /> : <DemoPresent />}
      </div>
    </aside>
  )
}

function DemoProgress({ progress }: { progress: number | null }) {
  return (
    <>
      The demo fleet and its history are loading.
      <span className="flex items-center gap-2 text-[12.5px] text-muted">
        <progress aria-label="Demo fleet loaded" value={progress ?? undefined} max={1} className="h-1.5 w-40" />
        {progress === null ? 'starting' : formatShare(progress)}
      </span>
    </>
  )
}

function DemoPresent() {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { data } = useQuery({
    ...trpc.fleet.read.queryOptions(),
    select: ({ totals, hypervisors }) => ({
      all: totals.demoHypervisors,
      isSilent: hypervisors.every(({ demo, status }) => !demo || status === 'silent'),
    }),
  })
  const load = useLoadDemo()
  const remove = useMutation(trpc.demo.remove.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }))
  const hypervisors = data ? formatCount(data.all, 'simulated hypervisor') : 'simulated hypervisors'
  return (
    <>
      Demo data: {hypervisors}
      {/* The simulation ends with the process that started it. */}
      {data?.isSilent ? ', no longer reporting.' : '.'}
      {data?.isSilent && (
        <button type="button" className={LINK} disabled={load.isPending} onClick={() => load.mutate()}>
          {load.isError ? describeFailure(load.error).message : 'Reload'}
        </button>
      )}
      <ConfirmButton
        label="Remove"
        className={LINK}
        title={`Remove ${hypervisors}?`}
        action="Remove demo data"
        mutation={remove}
        onConfirm={(close) => remove.mutate(undefined, { onSuccess: close })}
      >
        Their VMs and history are removed too. The data of real hypervisors stays.
      </ConfirmButton>
    </>
  )
}

const LINK = 'text-link font-medium'
