'use client'

import type { VmList } from '@slashzero/contract/page'
import { CircleCheck, Download, FilterX, SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { csvHref, VMS_PER_PAGE, type VmView } from './read-vm-view.ts'
import { Button, buttonClass } from '../../ui/control/button.tsx'
import { Pager } from '../../ui/control/pager.tsx'
import { SearchBox } from '../../ui/control/search-box.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RouteTabs } from './route-tabs.tsx'
import { VmTable } from '../route/vm-table.tsx'

/** The list, with its search, filters, order and export. */
export function VmListPanel({ view, list, isOld }: { view: VmView; list: VmList; isOld: boolean }) {
  const { params, set } = useUrlState()
  const { query, page } = view
  const onSearch = useCallback((search: string) => set({ search, page: null }), [set])
  const hypervisor = query.hypervisor === undefined ? null : (list.items[0]?.hypervisor.name ?? query.hypervisor)
  return (
    <Panel
      title="VMs"
      tools={
        <div className="flex w-full flex-wrap items-center gap-2 sm:w-auto">
          <SearchBox label="Search VM, UUID, tap, hypervisor" value={params.get('search') ?? ''} onSearch={onSearch} />
          <a href={csvHref(view)} download className={buttonClass()}>
            <Download aria-hidden size={14} /> CSV
          </a>
        </div>
      }
    >
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5">
        <RouteTabs view={view} />
        {hypervisor !== null && (
          <Button className="max-w-full min-w-0" onClick={() => set({ hypervisor: null, page: null }, 'push')}>
            <FilterX aria-hidden size={14} className="shrink-0" />
            <span className="min-w-0 truncate">
              Only on <bdi>{hypervisor}</bdi>: show all
            </span>
          </Button>
        )}
      </div>
      {list.items.length === 0 ? (
        <NoVms view={view} />
      ) : (
        <div aria-busy={isOld} className={isOld ? 'opacity-60' : ''}>
          <VmTable vms={list.items} label="VMs" withHypervisor query={query} />
        </div>
      )}
      <Pager
        of="VMs"
        page={page}
        perPage={VMS_PER_PAGE}
        total={list.total}
        onPage={(next) => set({ page: next === 1 ? null : String(next) }, 'push')}
      />
    </Panel>
  )
}

function NoVms({ view: { route, query, page } }: { view: VmView }) {
  if (page > 1) return <EmptyState icon={SearchX} title="This page is past the end of the list." />
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
