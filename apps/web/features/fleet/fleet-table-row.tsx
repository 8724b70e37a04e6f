'use client'

import type { FleetRow } from '@slashzero/contract/page'
import { CircleX } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import { describeHeadroom } from '../headroom/describe-headroom.ts'
import { formatNumber, formatShare } from '../../ui/words/format-count.ts'
import { Age } from '../../ui/display/age.tsx'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { DemoTag } from '../../ui/display/demo-tag.tsx'
import { Name } from '../../ui/display/name.tsx'
import { Absent } from '../../ui/display/absent.tsx'
import { FullAt } from '../headroom/full-at.tsx'
import { HeadroomBar } from '../headroom/headroom-bar.tsx'

/** One hypervisor. The row renders again only when its own data changes. */
export const FleetTableRow = memo(function FleetTableRow({ row }: { row: FleetRow }) {
  const headroom = describeHeadroom(row)
  const isFull = row.joinsLeft === 0
  const labels = Object.entries(row.labels).map(([label, value]) => `${label}=${value}`)
  return (
    <tr>
      <td data-wide>
        <HypervisorBadge status={row.status} />
        <p className="mt-1 text-[12px] text-faint">
          for <Age at={row.statusSince} as="duration" />
        </p>
      </td>
      <td data-wide>
        <div className="flex min-w-0 items-center gap-2">
          <Link href={`/hypervisors/${row.id}`} prefetch={false} className="min-w-0 font-medium hover:underline">
            <Name>{row.name}</Name>
          </Link>
          {row.demo && <DemoTag />}
          <span className="min-w-0 truncate text-[12px] text-faint">{labels.join(' · ')}</span>
        </div>
        <p title={row.statusReason} className="mt-0.5 line-clamp-2 text-[12.5px] text-muted">
          {row.statusReason}
        </p>
      </td>
      <td data-wide data-label="Headroom">
        <HeadroomBar headroom={headroom} full={isFull} />
      </td>
      <td data-right data-label="Joins left">
        {row.joinsLeft === null ? <Absent>not known</Absent> : formatNumber(row.joinsLeft)}
      </td>
      <td data-right data-label="Stale">
        {headroom.staleShare === null ? <Absent>not known</Absent> : formatShare(headroom.staleShare)}
      </td>
      <td data-right data-label="Full">
        <FullAt {...row} />
      </td>
      <td data-right data-label="VMs missing ::/0">
        <VmCounts {...row} />
      </td>
      <td data-right data-wide data-label="Last report">
        {row.lastSeenAt === null ? <Absent>never</Absent> : <Age at={row.lastSeenAt} />}
      </td>
    </tr>
  )
})

function VmCounts({ id, vms }: Pick<FleetRow, 'id' | 'vms'>) {
  const counts = `${formatNumber(vms.missing)} of ${formatNumber(vms.total)}`
  return (
    <>
      {vms.missing > 0 ? (
        <Link
          href={`/vms?hypervisor=${id}`}
          prefetch={false}
          className="inline-flex items-center gap-1 font-medium text-danger hover:underline"
        >
          <CircleX aria-hidden size={13} /> {counts}
        </Link>
      ) : (
        <span>{counts}</span>
      )}
      {vms.unknown > 0 && <p className="text-[12px] text-muted">{formatNumber(vms.unknown)} unknown</p>}
    </>
  )
}
