'use client'

import { routeStatusesWorstFirst, type VmResource } from '@slashzero/contract/rest'
import type { HypervisorDetail } from '@slashzero/contract/page'
import { Monitor } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import { formatNumber } from '../../ui/words/format-count.ts'
import { useUrlPage } from '../../ui/view/use-url-state.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { VmTable } from '../route/vm-table.tsx'

const PER_PAGE = 20

/** The hypervisor's VMs and their routes: missing ones first, then the ones that end next. */
export function HypervisorVms({ detail }: { detail: HypervisorDetail }) {
  const sorted = useMemo(() => detail.vmRows.toSorted(worstFirst), [detail.vmRows])
  const { page: current, setPage } = useUrlPage('vms', Math.ceil(sorted.length / PER_PAGE))
  const { total, missing, unknown } = detail.vms
  return (
    <Panel
      title="VMs"
      note={`${formatNumber(missing)} of ${formatNumber(total)} missing ::/0 · ${formatNumber(unknown)} unknown`}
      tools={
        <Link href={`/vms?hypervisor=${detail.id}&route=all`} className="text-link text-[13px]">
          Search and export
        </Link>
      }
    >
      {sorted.length === 0 ? (
        <EmptyState icon={Monitor} title="The last report named no VM." />
      ) : (
        <VmTable vms={sorted.slice((current - 1) * PER_PAGE, current * PER_PAGE)} label="VMs of this hypervisor" />
      )}
      <Pager of="VMs" page={current} perPage={PER_PAGE} total={sorted.length} onPage={setPage} />
    </Panel>
  )
}

function worstFirst(one: VmResource, other: VmResource): number {
  const rank = routeStatusesWorstFirst.indexOf(one.route.status) - routeStatusesWorstFirst.indexOf(other.route.status)
  return rank || darkAt(one) - darkAt(other) || one.name.localeCompare(other.name, 'en', { numeric: true })
}

/** When a route that nothing can renew ends; renewable routes come last. */
function darkAt({ countdown }: VmResource): number {
  return countdown && !countdown.renewable ? Date.parse(countdown.endsAt) : Number.MAX_SAFE_INTEGER
}
