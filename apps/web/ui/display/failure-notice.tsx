import type { UseQueryResult } from '@tanstack/react-query'
import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { Button } from '../control/button.tsx'

/** Says what the page could not read and why, and offers another try. */
export function FailureNotice({
  what,
  query,
  children,
}: {
  /** What failed: `The fleet could not be read.` */
  what: string
  query: Pick<UseQueryResult<unknown, unknown>, 'error' | 'isFetching' | 'refetch'>
  /** What the page still shows. */
  children?: ReactNode
}) {
  return (
    <Notice what={what} busy={query.isFetching} onRetry={() => void query.refetch()}>
      {describeFailure(query.error).message} {children}
    </Notice>
  )
}

/** A failure in words, with a button for another try. */
export function Notice({
  what,
  busy,
  onRetry,
  children,
}: {
  what: string
  busy: boolean
  onRetry: () => void
  children: ReactNode
}) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-xl border border-danger-line bg-danger-wash px-4 py-3"
    >
      <TriangleAlert aria-hidden size={17} className="mt-0.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-danger">{what}</p>
        <p className="text-[13px]">{children}</p>
      </div>
      <Button busy={busy} onClick={onRetry}>
        <RotateCw aria-hidden size={14} /> {busy ? 'Trying…' : 'Try again'}
      </Button>
    </div>
  )
}
