import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { Button } from '../control/button.tsx'

/** What could not be read, why, and another try. */
export function FailureNotice({
  what,
  error,
  onRetry,
  busy,
  children,
}: {
  /** What failed: `The fleet could not be read.` */
  what: string
  error: unknown
  onRetry: () => void
  busy: boolean
  /** What is on show all the same. */
  children?: ReactNode
}) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-xl border border-danger-line bg-danger-wash px-4 py-3"
    >
      <TriangleAlert aria-hidden size={17} className="mt-0.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-danger">{what}</p>
        <p className="text-[13px]">
          {describeFailure(error).message} {children}
        </p>
      </div>
      <Button busy={busy} onClick={onRetry}>
        <RotateCw aria-hidden size={14} /> {busy ? 'Trying…' : 'Try again'}
      </Button>
    </div>
  )
}
