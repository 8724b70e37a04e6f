'use client'

import type { VmResource } from '@slashzero/contract/rest'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../../connection/describe-failure.ts'
import { trpc } from '../../connection/trpc.ts'
import { Button } from '../../ui/control/button.tsx'
import { Alert } from '../../ui/display/alert.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { TokenTable } from '../token/token-table.tsx'
import { PushCommand } from './push-command.tsx'

/** How the VM itself reports whether it has ::/0: with a token that speaks for this VM alone. */
export function VmTokens({ vm: { id, name, uuid } }: { vm: VmResource }) {
  const queryClient = useQueryClient()
  const readAgain = () => queryClient.invalidateQueries({ queryKey: trpc.vmToken.list.queryKey({ vmId: id }) })
  const tokens = useQuery(trpc.vmToken.list.queryOptions({ vmId: id }))
  const create = useMutation(trpc.vmToken.create.mutationOptions({ onSuccess: readAgain }))
  const revoke = useMutation(trpc.vmToken.revoke.mutationOptions({ onSuccess: readAgain }))
  return (
    <Panel
      title="Let this VM push its own routes"
      note="A small script in the VM sends what the route command prints. The server keeps whether there is a ::/0, its gateway and its lifetime."
      tools={
        <Button look="primary" busy={create.isPending} onClick={() => create.mutate({ vmId: id })}>
          {create.isPending ? 'Creating…' : 'Create token'}
        </Button>
      }
    >
      {create.isError && <Alert className="mx-4 mt-3">{describeFailure(create.error).message}</Alert>}
      {create.data && <PushCommand token={create.data.token} />}
      <p className="px-4 py-3 text-[13px] text-muted">
        A VM without ::/0 reaches this server only over IPv4, but always reaches its hypervisor. To push to the
        hypervisor instead, set <code className="font-mono text-[12.5px]">guest-push-listen</code> in the collector’s
        configuration and print the VM’s token on the hypervisor:{' '}
        <code className="font-mono text-[12.5px] wrap-anywhere">
          slashzero-collector push-token {quote(uuid ?? name)}
        </code>
      </p>
      <TokenTable label="Tokens of this VM" tokens={tokens} revoke={revoke} />
    </Panel>
  )
}

/** A name that a shell takes for one word. */
function quote(word: string): string {
  return /^[\w.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
