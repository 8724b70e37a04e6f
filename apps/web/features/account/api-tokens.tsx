'use client'

import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useTRPC } from '../../connection/trpc-context.ts'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { ScrollArea } from '../../ui/display/scroll-area.tsx'
import { ApiTokenForm } from './api-token-form.tsx'
import { ApiTokenRow } from './api-token-row.tsx'

/** The tokens with which machines read the API: made, listed, revoked. */
export function ApiTokens() {
  const trpc = useTRPC()
  const tokens = useQuery(trpc.apiToken.list.queryOptions())
  return (
    <Panel title="API tokens" note="A ticket system or a script reads hypervisors and VMs with one, at /api/v1.">
      <ApiTokenForm />
      {tokens.isPending && (
        <div className="p-4">
          <RowsSkeleton />
        </div>
      )}
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
      {tokens.data?.length === 0 && <EmptyState icon={KeyRound} title="There is no token yet." />}
      {tokens.data && tokens.data.length > 0 && (
        <ScrollArea label="API tokens">
          <table className="table-cards border-t border-line md:table-fixed">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className="w-20">
                  May
                </th>
                <th scope="col" className="w-28">
                  Made
                </th>
                <th scope="col" className="w-28">
                  Last used
                </th>
                <th scope="col" data-right className="w-28">
                  <span className="sr-only">Action</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.map((token) => (
                <ApiTokenRow key={token.id} token={token} />
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </Panel>
  )
}
