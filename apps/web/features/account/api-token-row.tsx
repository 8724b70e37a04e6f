'use client'

import type { ApiToken } from '@slashzero/contract/page'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Button } from '../../ui/control/button.tsx'
import { ConfirmDialog } from '../../ui/control/confirm-dialog.tsx'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { InlineName, Name } from '../../ui/display/name.tsx'

/** One token, with its end where it has come. */
export function ApiTokenRow({ token: { id, name, scopes, createdAt, lastUsedAt, revokedAt } }: { token: ApiToken }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const revoke = useMutation(
    trpc.apiToken.revoke.mutationOptions({
      onSuccess: async () => {
        setAsking(false)
        await queryClient.invalidateQueries({ queryKey: trpc.apiToken.list.queryKey() })
      },
    }),
  )
  return (
    <tr>
      <td data-wide>
        <Name className="font-medium">{name}</Name>
      </td>
      <td data-label="May">{scopes.join(', ')}</td>
      <td data-label="Made">
        <Age at={createdAt} />
      </td>
      <td data-label="Last used">{lastUsedAt === null ? <Absent>never</Absent> : <Age at={lastUsedAt} />}</td>
      <td data-right>
        {revokedAt === null ? (
          <Button look="danger" onClick={() => setAsking(true)}>
            Revoke
          </Button>
        ) : (
          <span className="text-muted">
            revoked <Age at={revokedAt} />
          </span>
        )}
        <ConfirmDialog
          open={asking}
          title="Revoke this token?"
          action="Revoke token"
          busy={revoke.isPending}
          error={revoke.isError ? describeFailure(revoke.error).message : null}
          onConfirm={() => revoke.mutate({ id })}
          onClose={() => setAsking(false)}
        >
          Whatever uses <InlineName>{name}</InlineName> is refused from then on.
        </ConfirmDialog>
      </td>
    </tr>
  )
}
