import type { HypervisorHead } from '@slashzero/contract/page'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatNumber } from '../../ui/words/format-count.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { Fact } from '../../ui/display/facts.tsx'
import { FullAt } from '../headroom/full-at.tsx'
import { InlineName } from '../../ui/display/name.tsx'

/** The most wanted figures, and what the host runs. */
export function HypervisorFacts({ detail }: { detail: HypervisorHead }) {
  const { vms, joinsLeft, staleMemberships, membershipBytes, fullAt, lastSeenAt } = detail
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-panel">
      <dl className="grid grid-cols-2 gap-px sm:grid-cols-4 xl:grid-cols-7">
        <Fact name="Last report">{lastSeenAt === null ? <Absent>never</Absent> : <Age at={lastSeenAt} />}</Fact>
        <Fact name="VMs missing ::/0">
          {formatNumber(vms.missing)} of {formatNumber(vms.total)}
        </Fact>
        <Fact name="VMs unknown">{formatNumber(vms.unknown)}</Fact>
        <Fact name="Joins left">{joinsLeft === null ? <Absent>not known</Absent> : formatNumber(joinsLeft)}</Fact>
        <Fact name="Stale memberships">
          {staleMemberships === null ? <Absent>not known</Absent> : formatNumber(staleMemberships)}
        </Fact>
        <Fact name="Full">
          <FullAt joinsLeft={joinsLeft} fullAt={fullAt} />
        </Fact>
        <Fact name="Bytes per membership">
          {membershipBytes === null ? <Absent>not known</Absent> : formatBytes(membershipBytes)}
        </Fact>
      </dl>
      <Host detail={detail} />
    </div>
  )
}

/** Each label leads to all hypervisors that share it. */
function Host({ detail: { kernel, collectorVersion, hostId, labels } }: { detail: HypervisorHead }) {
  const shared = Object.entries({ ...labels, ...(collectorVersion !== null && { collector: collectorVersion }) })
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-0.5 border-t border-line px-4 py-2 text-[12.5px]">
      <HostFact name="kernel">
        {kernel === null ? <Absent>not known</Absent> : <InlineName>{kernel}</InlineName>}
      </HostFact>
      <HostFact name="host ID">
        <InlineName>{hostId}</InlineName>
      </HostFact>
      {shared.map(([name, value]) => (
        <HostFact key={name} name={name}>
          <Link
            href={`/?search=${encodeURIComponent(`${name}=${value}`)}`}
            prefetch={false}
            title="Show all hypervisors with this value"
            className="hover:underline"
          >
            <InlineName>{value}</InlineName>
          </Link>
        </HostFact>
      ))}
    </dl>
  )
}

function HostFact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}
