import type { ApiToken, VmToken } from '@slashzero/contract/page'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { ConfirmButton } from '../../ui/control/confirm-button.tsx'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { InlineName, Name } from '../../ui/display/name.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'

/** A token of a VM has no name, no scopes and no expiry: it speaks for its VM alone. */
type Token = VmToken & Partial<Pick<ApiToken, 'name' | 'scopes' | 'expiresAt'>>

type Revoke = {
  readonly isPending: boolean
  readonly isError: boolean
  readonly error: unknown
  reset: () => void
  mutate: (token: { id: string }, options: { onSuccess: () => void }) => void
}

/** Tokens, revoked ones too, with their age and use; absent if there are none. */
export function TokenTable({
  label,
  tokens,
  revoke,
  withScopes = false,
}: {
  label: string
  tokens: UseQueryResult<readonly Token[], unknown>
  revoke: Revoke
  withScopes?: boolean
}) {
  if (tokens.data === undefined) {
    if (!tokens.isError) return null
    return (
      <div className="p-4">
        <FailureNotice what="The tokens could not be read." query={tokens} />
      </div>
    )
  }
  if (tokens.data.length === 0) return null
  return (
    <Table label={label} className="table-cards border-t border-line md:table-fixed">
      <Columns>
        <Column>Token</Column>
        {withScopes && <Column className="w-24">Scopes</Column>}
        <Column className="w-28">Created</Column>
        <Column className="w-28">Last used</Column>
        {withScopes && <Column className="w-28">Expires</Column>}
        <Column right className="w-36">
          <span className="sr-only">Action</span>
        </Column>
      </Columns>
      <tbody>
        {tokens.data.map((token) => (
          <TokenRow key={token.id} token={token} revoke={revoke} withScopes={withScopes} />
        ))}
      </tbody>
    </Table>
  )
}

function TokenRow({
  token: { id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt },
  revoke,
  withScopes,
}: {
  token: Token
  revoke: Revoke
  withScopes: boolean
}) {
  return (
    <tr>
      <td data-wide>
        <Name className={name === undefined ? 'font-mono text-[12px]' : 'font-medium'}>{name ?? id}</Name>
      </td>
      {withScopes && <td data-label="Scopes">{scopes?.join(', ')}</td>}
      <td data-label="Created">
        <Age at={createdAt} />
      </td>
      <td data-label="Last used">{lastUsedAt === null ? <Absent>never</Absent> : <Age at={lastUsedAt} />}</td>
      {expiresAt !== undefined && (
        <td data-label="Expires">
          <Expiry at={expiresAt} />
        </td>
      )}
      <td data-right>
        {revokedAt === null ? (
          <ConfirmButton
            label="Revoke"
            title="Revoke this token?"
            action="Revoke token"
            mutation={revoke}
            onConfirm={(close) => revoke.mutate({ id }, { onSuccess: close })}
          >
            The server then refuses every request that uses the token <InlineName>{name ?? id}</InlineName>.
          </ConfirmButton>
        ) : (
          <span className="text-muted">
            revoked <Age at={revokedAt} />
          </span>
        )}
      </td>
    </tr>
  )
}

function Expiry({ at }: { at: string }) {
  const isOver = useServerClock(useCallback((now: number) => now >= Date.parse(at), [at]))
  if (!isOver) return <Age at={at} as="until" />
  return (
    <span className="text-danger">
      expired <Age at={at} />
    </span>
  )
}
