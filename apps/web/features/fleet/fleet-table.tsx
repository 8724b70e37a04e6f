'use client'

import type { FleetPageQuery } from '@slashzero/contract/page'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { useWatched } from '../../connection/live/use-watched.ts'
import { trpc } from '../../connection/trpc.ts'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { REFUSED_CURSOR, useCursor, useRefusedCursor } from '../../ui/view/use-cursor.ts'
import { useSteadyOrder } from '../../ui/view/use-steady-order.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { SearchBox } from '../../ui/control/search-box.tsx'
import { SortHeader } from '../../ui/control/sort-header.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { FleetTableRow } from './fleet-table-row.tsx'
import { countedBy, HYPERVISORS_PER_PAGE, readFleetQuery } from './fleet-view.ts'
import { StatusFilter } from './status-filter.tsx'
import { useSummary } from './use-summary.ts'

const titles = {
  worst: 'Hypervisors, worst first',
  name: 'Hypervisors by name',
  full: 'Hypervisors, next to fill first',
} as const

/** Every hypervisor, page by page, with the search, the filter and the order of the URL. */
export function FleetTable() {
  const { params, set, hrefFor } = useUrlState()
  const query = readFleetQuery(params)
  const list = useQuery({ ...trpc.fleet.page.queryOptions(query), placeholderData: keepPreviousData })
  const counts = useQuery({ ...trpc.fleet.counts.queryOptions(countedBy(query)), placeholderData: keepPreviousData })
  const all = useSummary().data?.totals.hypervisors
  const pages = useCursor('cursor')
  const isRefused = useRefusedCursor('cursor', list)
  const steady = useSteadyOrder(list.data?.items ?? [], JSON.stringify(query))
  useWatched({ hypervisors: steady.rows.map(({ id }) => id) })
  const onSearch = useCallback((search: string) => set({ search, cursor: null }), [set])
  if (all === 0) return null

  const statuses = counts.data?.statuses
  const found = statuses && Object.values(statuses).reduce((sum, count) => sum + count, 0)
  const chosen = query.status === undefined ? found : statuses?.[query.status]
  return (
    <Panel
      title={titles[query.sort]}
      note={noteOf({ chosen, all, isRefused, isHeld: steady.isHeld })}
      tools={
        <SearchBox label="Search name, label, kernel, sender" value={params.get('search') ?? ''} onSearch={onSearch} />
      }
    >
      <div className="border-b border-line px-4 py-2.5">
        <StatusFilter
          counts={statuses}
          chosen={query.status ?? null}
          hrefFor={(status) => hrefFor({ status, cursor: null })}
        />
      </div>
      <Loaded
        query={list}
        failed="The hypervisors could not be read."
        inPanel
        skeleton={<RowsSkeleton label="Reading the hypervisors" />}
      >
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <NoHypervisors isPastEnd={pages.cursor !== undefined} />
            ) : (
              <Table label="Hypervisors" className="table-cards md:min-w-[80rem] md:table-fixed">
                <FleetTableHead sort={query.sort} />
                <tbody {...steady.handlers}>
                  {steady.rows.map((row) => (
                    <FleetTableRow key={row.id} row={row} />
                  ))}
                </tbody>
              </Table>
            )}
            <Pager
              of="hypervisors"
              pages={pages}
              perPage={HYPERVISORS_PER_PAGE}
              shown={items.length}
              total={chosen === undefined ? null : formatNumber(chosen)}
              nextCursor={nextCursor}
            />
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function NoHypervisors({ isPastEnd }: { isPastEnd: boolean }) {
  return isPastEnd ? (
    <EmptyState icon={SearchX} title="This page is past the end of the list." />
  ) : (
    <EmptyState icon={SearchX} title="No hypervisor matches.">
      Change the search or choose another status.
    </EmptyState>
  )
}

function noteOf({
  chosen,
  all,
  isRefused,
  isHeld,
}: {
  chosen: number | undefined
  all: number | undefined
  isRefused: boolean
  isHeld: boolean
}): string {
  if (isRefused) return REFUSED_CURSOR
  if (chosen === undefined || all === undefined) return 'Counting the hypervisors…'
  const count =
    chosen === all ? formatCount(all, 'hypervisor') : `${formatNumber(chosen)} of ${formatCount(all, 'hypervisor')}`
  return isHeld ? `${count}. The order stays while you point at the rows.` : count
}

function FleetTableHead({ sort }: { sort: FleetPageQuery['sort'] }) {
  const isBy = (column: FleetPageQuery['sort']) => (sort === column ? ('ascending' as const) : null)
  return (
    <Columns>
      <SortHeader title="Status" order={isBy('worst')} patch={{ sort: null, cursor: null }} className="w-42" />
      <SortHeader title="Hypervisor" order={isBy('name')} patch={{ sort: 'name', cursor: null }} />
      <Column
        className="w-60"
        about="How much option memory of the sender’s socket the memberships use: solid for live taps, hatched for deleted taps."
      >
        Headroom
      </Column>
      <Column right className="w-28" about="How many more taps the sender can join before the kernel refuses.">
        Joins left
      </Column>
      <Column
        right
        className="w-26"
        about="The share of memberships whose taps no longer exist. The sender never drops them by itself."
      >
        Stale
      </Column>
      <SortHeader title="Full" order={isBy('full')} patch={{ sort: 'full', cursor: null }} right className="w-32" />
      <Column right className="w-38">
        VMs missing ::/0
      </Column>
      <Column right className="w-30">
        Last report
      </Column>
    </Columns>
  )
}
