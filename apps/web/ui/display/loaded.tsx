'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ServerClock } from '../../connection/server-clock.tsx'
import { Age } from './age.tsx'
import { FailureNotice } from './failure-notice.tsx'

/**
 * Shows a query's data on the server's clock, its skeleton before, or its failure. Data stays on show if a later read
 * fails.
 */
export function Loaded<Data extends { readonly now: string }>({
  query,
  failed,
  skeleton,
  inPanel = false,
  children,
}: {
  query: UseQueryResult<Data, unknown>
  /** `The fleet could not be read.` */
  failed: string
  skeleton: ReactNode
  /** Whether a notice stands inside the border of a panel. */
  inPanel?: boolean
  children: (data: Data) => ReactNode
}) {
  const notice = (shown: ReactNode) => (
    <div className={inPanel ? 'p-4' : ''}>
      <FailureNotice what={failed} query={query}>
        {shown}
      </FailureNotice>
    </div>
  )
  if (query.data === undefined) return query.isError ? notice(null) : skeleton
  return (
    <ServerClock now={query.data.now} receivedAt={query.dataUpdatedAt}>
      {query.isError && (
        <div className="mb-4">
          {notice(
            <>
              The page shows what was read <Age at={query.data.now} />.
            </>,
          )}
        </div>
      )}
      <div aria-busy={query.isPlaceholderData} className={query.isPlaceholderData ? 'opacity-60' : ''}>
        {children(query.data)}
      </div>
    </ServerClock>
  )
}
