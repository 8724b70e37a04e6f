'use client'

import type { FleetRow } from '@slashzero/contract/page'
import { SearchX } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { readFleetView, searchFleet } from './filter-fleet.ts'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { useSteadyOrder } from '../../ui/view/use-steady-order.ts'
import { useUrlPage, useUrlState } from '../../ui/view/use-url-state.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { SearchBox } from '../../ui/control/search-box.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { FleetTableRow } from './fleet-table-row.tsx'
import { StatusFilter } from './status-filter.tsx'

const PER_PAGE = 100

/** Every hypervisor, worst first, with the search and the filter of the URL. */
export function FleetTable({ rows }: { rows: readonly FleetRow[] }) {
  const { params, set, hrefFor } = useUrlState()
  const { search, status } = readFleetView(params)
  const found = useMemo(() => searchFleet(rows, search), [rows, search])
  const chosen = useMemo(() => (status ? found.filter((row) => row.status === status) : found), [found, status])
  const steady = useSteadyOrder(chosen, `${status ?? ''} ${search}`)
  const { page, setPage } = useUrlPage('page', Math.ceil(chosen.length / PER_PAGE))
  const shown = steady.rows.slice((page - 1) * PER_PAGE, page * PER_PAGE)
  const onSearch = useCallback((typed: string) => set({ search: typed, page: null }), [set])

  return (
    <Panel
      title="Hypervisors, worst first"
      note={noteOf(chosen.length, rows.length, steady.isHeld)}
      tools={<SearchBox label="Search name, reason, label" value={search} onSearch={onSearch} />}
    >
      <div className="border-b border-line px-4 py-2.5">
        <StatusFilter rows={found} chosen={status} hrefFor={(next) => hrefFor({ status: next, page: null })} />
      </div>
      {shown.length === 0 ? (
        <EmptyState icon={SearchX} title="No hypervisor matches.">
          Change the search or choose another status.
        </EmptyState>
      ) : (
        <Table label="Hypervisors" className="table-cards md:min-w-[80rem] md:table-fixed">
          <FleetTableHead />
          <tbody {...steady.handlers}>
            {shown.map((row) => (
              <FleetTableRow key={row.id} row={row} />
            ))}
          </tbody>
        </Table>
      )}
      <Pager of="hypervisors" page={page} perPage={PER_PAGE} total={chosen.length} onPage={setPage} />
    </Panel>
  )
}

function noteOf(chosen: number, all: number, isHeld: boolean): string {
  const count =
    chosen === all ? formatCount(all, 'hypervisor') : `${formatNumber(chosen)} of ${formatCount(all, 'hypervisor')}`
  return isHeld ? `${count}. The order stays while you point at the rows.` : count
}

function FleetTableHead() {
  return (
    <Columns>
      <Column className="w-42">Status</Column>
      <Column>Hypervisor</Column>
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
      <Column right className="w-32" about="When the kernel will block sends or joins, at the recent rate of growth.">
        Full
      </Column>
      <Column right className="w-38">
        VMs missing ::/0
      </Column>
      <Column right className="w-30">
        Last report
      </Column>
    </Columns>
  )
}
