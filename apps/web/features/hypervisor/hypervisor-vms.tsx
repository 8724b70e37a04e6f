'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Monitor } from 'lucide-react'
import Link from 'next/link'
import { trpc } from '../../connection/trpc.ts'
import { formatNumber } from '../../ui/words/format-count.ts'
import { REFUSED_CURSOR, useCursor, useRefusedCursor } from '../../ui/view/use-cursor.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { VmTable } from '../route/vm-table.tsx'
import { PANEL_ROWS, vmsQueryOf } from './panel-queries.ts'
import { useHead } from './use-head.ts'

/** The hypervisor's VMs and their routes: missing ones first, then the ones that end next. */
export function HypervisorVms({ id }: { id: string }) {
  const pages = useCursor('vms')
  const list = useQuery({
    ...trpc.vm.page.queryOptions(vmsQueryOf(id, pages.cursor)),
    placeholderData: keepPreviousData,
  })
  const isRefused = useRefusedCursor('vms', list)
  const counts = useHead(id).data?.vms
  return (
    <Panel
      title="VMs"
      note={
        isRefused
          ? REFUSED_CURSOR
          : counts &&
            `${formatNumber(counts.missing)} of ${formatNumber(counts.total)} missing ::/0 · ${formatNumber(counts.unknown)} unknown`
      }
      tools={
        <Link href={`/vms?hypervisor=${id}&route=all`} className="text-link text-[13px]">
          Search and export
        </Link>
      }
    >
      <Loaded
        query={list}
        failed="The VMs could not be read."
        inPanel
        skeleton={<RowsSkeleton label="Reading the VMs" />}
      >
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <EmptyState
                icon={Monitor}
                title={
                  pages.cursor === undefined ? 'The last report named no VM.' : 'This page is past the end of the list.'
                }
              />
            ) : (
              <VmTable vms={items} label="VMs of this hypervisor" />
            )}
            <Pager
              of="VMs"
              pages={pages}
              perPage={PANEL_ROWS}
              shown={items.length}
              total={counts ? formatNumber(counts.total) : null}
              nextCursor={nextCursor}
            />
          </>
        )}
      </Loaded>
    </Panel>
  )
}
