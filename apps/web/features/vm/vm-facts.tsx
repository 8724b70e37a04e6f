'use client'

import type { VmResource } from '@slashzero/contract/rest'
import Link from 'next/link'
import { describeCountdown } from '../route/describe-countdown.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { Fact, Facts } from '../../ui/display/facts.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { RouteCountdown } from '../route/route-countdown.tsx'

/** Where the VM runs, its gateway, and when its route ends. */
export function VmFacts({ vm: { uuid, hypervisor, route, countdown } }: { vm: VmResource }) {
  return (
    <Facts className="sm:grid-cols-2 xl:grid-cols-4">
      <Fact name="Hypervisor">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/hypervisors/${hypervisor.id}`} className="text-link">
            <InlineName>{hypervisor.name}</InlineName>
          </Link>
          <HypervisorBadge status={hypervisor.status} />
        </span>
        <Detail>{hypervisor.statusReason}</Detail>
      </Fact>
      <Fact name="Gateway">
        {route.gateway === null ? (
          <Absent>{route.status === 'missing' ? 'none' : 'not known'}</Absent>
        ) : (
          <InlineName>{route.gateway}</InlineName>
        )}
      </Fact>
      <Fact name="End of ::/0">
        {countdown === null ? <End route={route} /> : <RouteCountdown countdown={countdown} />}
        {countdown !== null && <Detail>{describeCountdown(countdown, 0).basis}</Detail>}
      </Fact>
      <Fact name="UUID">
        {uuid === null ? <Absent>not known</Absent> : <span className="font-mono text-[12.5px]">{uuid}</span>}
      </Fact>
    </Facts>
  )
}

function End({ route: { status, expiresAt } }: Pick<VmResource, 'route'>) {
  if (status === 'missing')
    return expiresAt === null ? (
      <Absent>missing already</Absent>
    ) : (
      <span>
        expired <Age at={expiresAt} />
      </span>
    )
  return <Absent>not known</Absent>
}

function Detail({ children }: { children: string }) {
  return <p className="mt-0.5 text-[12.5px] font-normal text-muted">{children}</p>
}
