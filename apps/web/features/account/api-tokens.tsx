'use client'

import { API_TOKEN_DAYS } from '@slashzero/contract/page'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { trpc } from '../../connection/trpc.ts'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { TokenTable } from '../token/token-table.tsx'
import { ApiTokenForm } from './api-token-form.tsx'

/** The tokens that let machines read the API: created, listed, revoked. */
export function ApiTokens() {
  const queryClient = useQueryClient()
  const tokens = useQuery(trpc.apiToken.list.queryOptions())
  const revoke = useMutation(
    trpc.apiToken.revoke.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.apiToken.list.queryKey() }),
    }),
  )
  return (
    <Panel
      title="API tokens"
      note={`A ticket system or a script reads hypervisors and VMs at /api/v1 with a token, for ${API_TOKEN_DAYS.max} days at most.`}
    >
      <ApiTokenForm />
      {tokens.isPending && (
        <div className="p-4">
          <RowsSkeleton label="Reading the tokens" />
        </div>
      )}
      {tokens.data?.length === 0 && <EmptyState icon={KeyRound} title="No token yet." />}
      <TokenTable label="API tokens" tokens={tokens} revoke={revoke} withScopes />
    </Panel>
  )
}
