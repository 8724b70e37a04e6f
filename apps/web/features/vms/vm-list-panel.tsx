'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CircleCheck, Download, FilterX, SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { useWatched } from '../../connection/live/use-watched.ts'
import { trpc } from '../../connection/trpc.ts'
import { REFUSED_CURSOR, useCursor, useRefusedCursor } from '../../ui/view/use-cursor.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { formatCapped } from '../../ui/words/format-count.ts'
import { countsOf } from './describe-vms.ts'
import { csvHref, readVmView, VMS_PER_PAGE, type VmView } from './read-vm-view.ts'
import { Button, buttonClass } from '../../ui/control/button.tsx'
import { Pager } from '../../ui/control/pager.tsx'
import { SearchBox } from '../../ui/control/search-box.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { RouteTabs } from './route-tabs.tsx'
import { useTally } from './use-tally.ts'
import { VmTable } from '../route/vm-table.tsx'

/** The list, page by page, with its search, filters, order and export. */
export function VmListPanel() {
  const { params, set } = useUrlState()
  const view = readVmView(params)
  const { query, unsearched } = view
  const list = useQuery({ ...trpc.vm.page.queryOptions(query), placeholderData: keepPreviousData })
  const { data: tally } = useTally(view)
  const pages = useCursor('cursor')
  const isRefused = useRefusedCursor('cursor', list)
  useWatched({ hypervisors: list.data?.items.map(({ hypervisor: { id } }) => id) ?? [] })
  const onSearch = useCallback((search: string) => set({ search, cursor: null }), [set])
  const hypervisor = query.hypervisor === undefined ? null : (list.data?.items[0]?.hypervisor.name ?? query.hypervisor)
  return (
    <Panel
      title="VMs"
      note={unsearched ?? (isRefused ? REFUSED_CURSOR : undefined)}
      tools={
        <div className="flex w-full flex-wrap items-center gap-2 sm:w-auto">
          <SearchBox
            label="Search VM, UUID, address, tap, hypervisor"
            value={params.get('search') ?? ''}
            onSearch={onSearch}
          />
          <a href={csvHref(view)} download className={buttonClass()}>
            <Download aria-hidden size={14} /> CSV
          </a>
        </div>
      }
    >
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5">
        <RouteTabs view={view} />
        {hypervisor !== null && (
          <Button className="max-w-full min-w-0" onClick={() => set({ hypervisor: null, cursor: null }, 'push')}>
            <FilterX aria-hidden size={14} className="shrink-0" />
            <span className="min-w-0 truncate">
              Only on <bdi>{hypervisor}</bdi>: show all
            </span>
          </Button>
        )}
      </div>
      <Loaded
        query={list}
        failed="The VMs could not be read."
        inPanel
        skeleton={<RowsSkeleton label="Reading the VMs" />}
      >
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <NoVms view={view} />
            ) : (
              <VmTable vms={items} label="VMs" withHypervisor query={query} />
            )}
            <Pager
              of="VMs"
              pages={pages}
              perPage={VMS_PER_PAGE}
              shown={items.length}
              total={tally ? formatCapped(countsOf(tally)[view.route], tally.max) : null}
              nextCursor={nextCursor}
            />
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function NoVms({ view: { route, query } }: { view: VmView }) {
  if (query.cursor !== undefined) return <EmptyState icon={SearchX} title="This page is past the end of the list." />
  if (query.search !== undefined || query.hypervisor !== undefined) {
    return (
      <EmptyState icon={SearchX} title="No VM matches.">
        Change the search or choose another status.
      </EmptyState>
    )
  }
  if (route === 'dark') {
    return (
      <EmptyState icon={CircleCheck} title="No VM is known to lose ::/0 next.">
        A VM appears here when no sender can renew its route any more and the end of the route is known.
      </EmptyState>
    )
  }
  return route === 'missing' ? (
    <EmptyState icon={CircleCheck} title="No VM is known to be without ::/0.">
      A VM that loses ::/0 appears here within seconds of the next report.
    </EmptyState>
  ) : (
    <EmptyState icon={SearchX} title="No VM has this status." />
  )
}
