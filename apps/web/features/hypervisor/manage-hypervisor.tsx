'use client'

import type { HypervisorHead } from '@slashzero/contract/page'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { trpc } from '../../connection/trpc.ts'
import { ConfirmButton } from '../../ui/control/confirm-button.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Panel } from '../../ui/display/panel.tsx'

/** Refuses the hypervisor's collector, or removes the hypervisor. */
export function ManageHypervisor({ detail: { id, name } }: { detail: HypervisorHead }) {
  const router = useRouter()
  const queryClient = useQueryClient()
  const revoke = useMutation(trpc.hypervisor.revokeCredential.mutationOptions())
  const remove = useMutation(
    trpc.hypervisor.remove.mutationOptions({
      onSuccess: async () => {
        router.push('/')
        await queryClient.invalidateQueries({ queryKey: trpc.fleet.pathKey() })
      },
    }),
  )
  return (
    <Panel title="Manage">
      <div className="flex flex-wrap items-center gap-3 px-4 py-3">
        <ConfirmButton
          label="Revoke credential"
          title="Revoke this hypervisor’s credential?"
          action="Revoke credential"
          mutation={revoke}
          onConfirm={(close) => revoke.mutate({ id }, { onSuccess: close })}
        >
          The server then refuses the collector on <InlineName>{name}</InlineName>. The collector needs a new enrolment
          token to report again.
        </ConfirmButton>
        <ConfirmButton
          label="Remove hypervisor"
          title="Remove this hypervisor?"
          action="Remove hypervisor"
          mutation={remove}
          onConfirm={(close) => remove.mutate({ id }, { onSuccess: close })}
        >
          The server deletes <InlineName>{name}</InlineName>, its VMs and its history. Stop the collector there first:
          the server refuses its reports afterwards.
        </ConfirmButton>
        <output className="text-[13px] text-muted">
          {revoke.isSuccess && 'Credential revoked. The server refuses this collector until it enrols again.'}
        </output>
      </div>
    </Panel>
  )
}
