'use client'

import type { HypervisorDetail } from '@slashzero/contract/page'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Button } from '../../ui/control/button.tsx'
import { ConfirmDialog } from '../../ui/control/confirm-dialog.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Panel } from '../../ui/display/panel.tsx'

/** What can be done to a hypervisor: refuse its collector, or forget it. Both are asked about first. */
export function ManageHypervisor({ detail: { id, name } }: { detail: HypervisorDetail }) {
  const trpc = useTRPC()
  const router = useRouter()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState<'revoke' | 'remove' | null>(null)
  const [isRevoked, setRevoked] = useState(false)
  const revoke = useMutation(
    trpc.hypervisor.revokeCredential.mutationOptions({
      onSuccess: () => {
        setAsking(null)
        setRevoked(true)
      },
    }),
  )
  const remove = useMutation(
    trpc.hypervisor.remove.mutationOptions({
      onSuccess: async () => {
        router.push('/')
        await queryClient.invalidateQueries({ queryKey: trpc.fleet.read.queryKey() })
      },
    }),
  )
  const failureOf = (mutation: typeof revoke) => (mutation.isError ? describeFailure(mutation.error).message : null)

  return (
    <Panel title="Manage">
      <div className="flex flex-wrap items-center gap-3 px-4 py-3">
        <Button look="danger" onClick={() => setAsking('revoke')}>
          Revoke credential
        </Button>
        <Button look="danger" onClick={() => setAsking('remove')}>
          Remove hypervisor
        </Button>
        <output className="text-[13px] text-muted">
          {isRevoked && 'The credential is revoked: this collector is refused until it enrols again.'}
        </output>
      </div>
      <ConfirmDialog
        open={asking === 'revoke'}
        title="Revoke this hypervisor’s credential?"
        action="Revoke credential"
        busy={revoke.isPending}
        error={failureOf(revoke)}
        onConfirm={() => revoke.mutate({ id })}
        onClose={() => setAsking(null)}
      >
        The collector on <InlineName>{name}</InlineName> is refused from now on. It needs a new enrolment token to
        report again.
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'remove'}
        title="Remove this hypervisor?"
        action="Remove hypervisor"
        busy={remove.isPending}
        error={failureOf(remove)}
        onConfirm={() => remove.mutate({ id })}
        onClose={() => setAsking(null)}
      >
        <InlineName>{name}</InlineName>, its VMs and its history are deleted. Stop the collector there first, or its
        reports are refused.
      </ConfirmDialog>
    </Panel>
  )
}
