'use client'

import type { DashboardVm } from '@slashzero/contract/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Button } from '../../ui/control/button.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { ScrollArea } from '../../ui/display/scroll-area.tsx'
import { PushCommand } from './push-command.tsx'
import { VmTokenRow } from './vm-token-row.tsx'

/** How the VM itself tells whether it has ::/0: with a token that speaks for it alone. */
export function VmTokens({ vm: { id, name, uuid } }: { vm: DashboardVm }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const tokens = useQuery(trpc.vmToken.list.queryOptions({ vmId: id }))
  const create = useMutation(
    trpc.vmToken.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.vmToken.list.queryKey({ vmId: id }) }),
    }),
  )
  return (
    <Panel
      title="Let this VM tell its own routes"
      note="A small script in it sends what its route command prints. Kept are whether there is a ::/0, its gateway and how long it lasts."
      tools={
        <Button look="primary" busy={create.isPending} onClick={() => create.mutate({ vmId: id })}>
          {create.isPending ? 'Making…' : 'Make token'}
        </Button>
      }
    >
      {create.isError && (
        <p role="alert" className="px-4 pt-3 text-[13px] text-danger">
          {describeFailure(create.error).message}
        </p>
      )}
      {create.data && <PushCommand token={create.data.token} />}
      <p className="px-4 py-3 text-[13px] text-muted">
        Without ::/0 the VM reaches this server over IPv4 alone, and its hypervisor in any case. For that, set{' '}
        <code className="font-mono text-[12.5px]">guest-push-listen</code> in the hypervisor’s configuration, and print
        the VM’s token there:{' '}
        <code className="font-mono text-[12.5px] wrap-anywhere">
          slashzero-collector push-token {quote(uuid ?? name)}
        </code>
      </p>
      {tokens.isError && (
        <div className="p-4">
          <FailureNotice
            what="The tokens could not be read."
            error={tokens.error}
            busy={tokens.isFetching}
            onRetry={() => void tokens.refetch()}
          />
        </div>
      )}
      {tokens.data && tokens.data.length > 0 && (
        <ScrollArea label="Tokens of this VM">
          <table className="table-cards border-t border-line md:table-fixed">
            <thead>
              <tr>
                <th scope="col">Token</th>
                <th scope="col" className="w-32">
                  Made
                </th>
                <th scope="col" className="w-32">
                  Last used
                </th>
                <th scope="col" data-right className="w-28">
                  <span className="sr-only">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.map((token) => (
                <VmTokenRow key={token.id} token={token} vmId={id} />
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </Panel>
  )
}

/** A name that a shell takes for one word. */
function quote(word: string): string {
  return /^[\w.:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
