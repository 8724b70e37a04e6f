'use client'

import type { VmResource } from '@slashzero/contract/rest'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatNumber } from '../../ui/words/format-count.ts'
import { ServerClock } from '../../connection/server-clock.tsx'
import { trpc } from '../../connection/trpc.ts'
import { Age } from '../../ui/display/age.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Skeleton } from '../../ui/display/skeleton.tsx'
import { describeWhy } from '../route/describe-why.ts'
import { RouteCountdown } from '../route/route-countdown.tsx'
import { DARK_NEXT, LOST_LAST } from './fleet-view.ts'
import { useSummary } from './use-summary.ts'

/** The VMs that lost ::/0 last, and the VMs that lose it next, each with its cause; absent if there are none. */
export function FleetVms() {
  const { data: summary, dataUpdatedAt } = useSummary()
  const { vmsMissing = 0, vmsDark = 0 } = summary?.totals ?? {}
  if (!summary || (vmsMissing === 0 && vmsDark === 0)) return null
  return (
    <ServerClock now={summary.now} receivedAt={dataUpdatedAt}>
      <div className="grid gap-4 empty:hidden lg:auto-cols-fr lg:grid-flow-col">
        {vmsMissing > 0 && (
          <Shortlist title="Lost ::/0 last" of={vmsMissing} href="/vms?sort=since&descending=true" query={LOST_LAST}>
            {(vm) => (
              <>
                for <Age at={vm.route.since} as="duration" />
              </>
            )}
          </Shortlist>
        )}
        {vmsDark > 0 && (
          <Shortlist title="Next to lose ::/0" of={vmsDark} href="/vms?route=dark" query={DARK_NEXT}>
            {({ countdown }) => countdown && <RouteCountdown countdown={countdown} />}
          </Shortlist>
        )}
      </div>
    </ServerClock>
  )
}

function Shortlist({
  title,
  of,
  href,
  query,
  children,
}: {
  title: string
  of: number
  href: string
  query: typeof LOST_LAST | typeof DARK_NEXT
  /** The text beside a VM's name. */
  children: (vm: VmResource) => ReactNode
}) {
  const list = useQuery(trpc.vm.page.queryOptions(query))
  return (
    <Panel
      title={title}
      tools={
        <Link href={href} className="text-link text-[13px]">
          {of === 1 ? 'See the list' : `See all ${formatNumber(of)}`}
        </Link>
      }
    >
      {list.isPending && (
        <div className="p-4">
          <Skeleton className="h-28" />
        </div>
      )}
      {list.isLoadingError && (
        <div className="p-4">
          <FailureNotice what="These VMs could not be read." query={list} />
        </div>
      )}
      <ul>
        {list.data?.items.map((vm) => (
          <li key={vm.id} className="border-b border-line px-4 py-2 text-[13px] last:border-b-0">
            <p className="flex flex-wrap items-baseline gap-x-2">
              <Link href={`/vms/${vm.id}`} prefetch={false} className="font-medium hover:underline">
                <InlineName>{vm.name}</InlineName>
              </Link>
              <span className="text-muted">
                on{' '}
                <Link href={`/hypervisors/${vm.hypervisor.id}`} prefetch={false} className="hover:underline">
                  <InlineName>{vm.hypervisor.name}</InlineName>
                </Link>
              </span>
              <span className="ml-auto text-[12px] text-muted">{children(vm)}</span>
            </p>
            <p className="mt-0.5 line-clamp-2 text-[12.5px] text-muted">{describeWhy(vm)[0] ?? vm.tap?.statusReason}</p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
