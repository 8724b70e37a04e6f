import type { HypervisorDetail } from '@slashzero/contract'
import type { ReactNode } from 'react'
import { formatBytes } from '../../client/format/format-bytes.ts'
import { formatNumber } from '../../client/format/format-count.ts'
import { Absent } from '../display/absent.tsx'
import { Age } from '../display/age.tsx'
import { Name } from '../display/name.tsx'

/** The figures that one asks for first, and what the host runs. */
export function HypervisorFacts({ detail }: { detail: HypervisorDetail }) {
  const { vms, labels } = detail
  const isBlocked = detail.status === 'sends-blocked' || detail.status === 'joins-blocked'
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-panel sm:grid-cols-4 xl:grid-cols-8">
      <Fact name="Last report">{detail.lastSeenAt === null ? <Absent>never</Absent> : <Age at={detail.lastSeenAt} />}</Fact>
      <Fact name="Joins left">{detail.joinsLeft === null ? <Absent>not known</Absent> : formatNumber(detail.joinsLeft)}</Fact>
      <Fact name="Full">
        {isBlocked ? 'now' : detail.fullAt === null ? <Absent>not in sight</Absent> : <Age at={detail.fullAt} as="until" />}
      </Fact>
      <Fact name="VMs missing ::/0">
        {formatNumber(vms.missing)} of {formatNumber(vms.total)}
      </Fact>
      <Fact name="VMs unknown">{formatNumber(vms.unknown)}</Fact>
      <Fact name="Bytes a membership">{detail.membershipBytes === null ? <Absent>not known</Absent> : formatBytes(detail.membershipBytes)}</Fact>
      <Fact name="Kernel">{detail.kernel === null ? <Absent>not known</Absent> : <Name>{detail.kernel}</Name>}</Fact>
      <Fact name="Collector">{detail.collectorVersion === null ? <Absent>not known</Absent> : <Name>{detail.collectorVersion}</Name>}</Fact>
      {Object.entries(labels).map(([name, value]) => (
        <Fact key={name} name={name}>
          <Name>{value}</Name>
        </Fact>
      ))}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-4 py-2.5 shadow-[0_0_0_1px_var(--line)]">
      <dt className="truncate text-[12px] text-muted" title={name}>
        {name}
      </dt>
      <dd className="mt-0.5 min-w-0 font-medium">{children}</dd>
    </div>
  )
}
