'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ServerClock } from '../../connection/server-clock.tsx'
import { Age } from './age.tsx'
import { FailureNotice } from './failure-notice.tsx'

/**
 * Shows what was read on the server's clock; before that its shape, and where it failed the reason. What was read once
 * stays on show when reading it again fails, below a notice that says so.
 */
export function Loaded<Data extends { readonly now: string }>({
  query,
  failed,
  skeleton,
  children,
}: {
  query: UseQueryResult<Data, unknown>
  /** `The fleet could not be read.` */
  failed: string
  skeleton: ReactNode
  children: (data: Data) => ReactNode
}) {
  const notice = (shown: ReactNode) => (
    <FailureNotice what={failed} error={query.error} busy={query.isFetching} onRetry={() => void query.refetch()}>
      {shown}
    </FailureNotice>
  )
  if (query.data === undefined) return query.isError ? notice(null) : skeleton
  return (
    <ServerClock now={query.data.now} receivedAt={query.dataUpdatedAt}>
      {query.isError && (
        <div className="mb-4">
          {notice(
            <>
              What is shown was read <Age at={query.data.now} />.
            </>,
          )}
        </div>
      )}
      {children(query.data)}
    </ServerClock>
  )
}
