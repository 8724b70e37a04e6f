'use client'

import type { DemoStatus } from '@slashzero/contract/page'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../../connection/describe-failure.ts'
import { trpc } from '../../connection/trpc.ts'
import { ConfirmButton } from '../../ui/control/confirm-button.tsx'
import { formatCount } from '../../ui/words/format-count.ts'
import { useLoadDemo } from './use-load-demo.ts'

/** How many hypervisors are simulated, and the button that removes them. */
export function DemoPresent({ status: { hypervisors: all, isSilent } }: { status: DemoStatus }) {
  const queryClient = useQueryClient()
  const load = useLoadDemo()
  const remove = useMutation(trpc.demo.remove.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }))
  const hypervisors = formatCount(all, 'simulated hypervisor')
  return (
    <>
      Demo data: {hypervisors}
      {/* The simulation ends with the process that started it. */}
      {isSilent ? ', no longer reporting.' : '.'}
      {isSilent && (
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
