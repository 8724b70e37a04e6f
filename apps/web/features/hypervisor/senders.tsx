'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { RadioTower } from 'lucide-react'
import { lazy } from 'react'
import { trpc } from '../../connection/trpc.ts'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { REFUSED_CURSOR, useCursor, useRefusedCursor } from '../../ui/view/use-cursor.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { describeNoSender } from './describe-hypervisor.ts'
import { PANEL_ROWS, sendersQueryOf } from './panel-queries.ts'
import { useHead } from './use-head.ts'

// The server writes the table; its script, which renews the table, loads after the script of the page.
const SendersTable = lazy(() => import('./senders-table.tsx').then((module) => ({ default: module.SendersTable })))

/** Every socket that sends Router Advertisements, with its memberships. */
export function Senders({ id }: { id: string }) {
  const pages = useCursor('senders')
  const senders = useQuery({
    ...trpc.hypervisor.senders.queryOptions(sendersQueryOf(id, pages.cursor)),
    placeholderData: keepPreviousData,
  })
  const isRefused = useRefusedCursor('senders', senders)
  const { runs = [], demo = false } = useHead(id).data ?? {}
  const none = describeNoSender(runs)
  const total = senders.data?.total
  return (
    <Panel
      title="Senders"
      note={
        isRefused
          ? REFUSED_CURSOR
          : total !== undefined && `${formatCount(total, 'socket')} of Router Advertisement daemons`
      }
    >
      <Loaded
        query={senders}
        failed="The senders could not be read."
        inPanel
        skeleton={<RowsSkeleton label="Reading the senders" />}
      >
        {({ items, nextCursor }) => (
          <>
            {items.length > 0 && <SendersTable senders={items} runs={runs} isSimulated={demo} />}
            {items.length === 0 && total !== 0 && (
              <EmptyState icon={RadioTower} title="This page is past the end of the list." />
            )}
            {total === 0 && (
              <EmptyState icon={RadioTower} title={none.title}>
                {none.text}
              </EmptyState>
            )}
            <Pager
              of="senders"
              pages={pages}
              perPage={PANEL_ROWS}
              shown={items.length}
              total={total === undefined ? null : formatNumber(total)}
              nextCursor={nextCursor}
            />
          </>
        )}
      </Loaded>
    </Panel>
  )
}
