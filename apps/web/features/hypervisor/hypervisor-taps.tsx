'use client'

import { tapStatusesWorstFirst, type TapStatus } from '@slashzero/contract/rest'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Cable } from 'lucide-react'
import { trpc } from '../../connection/trpc.ts'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { tapWords } from '../../ui/words/status-words.ts'
import { REFUSED_CURSOR, useCursor, useRefusedCursor } from '../../ui/view/use-cursor.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { TapsTable } from '../tap/taps-table.tsx'
import { PANEL_ROWS, tapsQueryOf } from './panel-queries.ts'
import { useHead } from './use-head.ts'

/** The hypervisor's taps, most urgent first. */
export function HypervisorTaps({ id }: { id: string }) {
  const pages = useCursor('taps')
  const taps = useQuery({
    ...trpc.hypervisor.taps.queryOptions(tapsQueryOf(id, pages.cursor)),
    placeholderData: keepPreviousData,
  })
  const isRefused = useRefusedCursor('taps', taps)
  const probes = useHead(id).data?.probes ?? null
  const total = taps.data && Object.values(taps.data.statuses).reduce((sum, count) => sum + count, 0)
  return (
    <Panel title="Taps" note={isRefused ? REFUSED_CURSOR : taps.data && noteOf(taps.data.statuses, total ?? 0)}>
      <Loaded
        query={taps}
        failed="The taps could not be read."
        inPanel
        skeleton={<RowsSkeleton label="Reading the taps" />}
      >
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <EmptyState
                icon={Cable}
                title={total === 0 ? 'The last report named no tap.' : 'This page is past the end of the list.'}
              />
            ) : (
              <TapsTable taps={items} probes={probes} />
            )}
            <Pager
              of="taps"
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

function noteOf(statuses: Readonly<Record<TapStatus, number>>, total: number): string {
  const counted = tapStatusesWorstFirst
    .filter((status) => statuses[status] > 0)
    .map((status) => `${formatNumber(statuses[status])} ${tapWords[status].label.toLowerCase()}`)
  return [formatCount(total, 'tap'), ...counted].join(' · ')
}
