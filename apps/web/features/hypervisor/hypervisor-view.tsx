'use client'

import type { HypervisorDetail } from '@slashzero/contract/page'
import { useQuery } from '@tanstack/react-query'
import { ServerOff } from 'lucide-react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { NotFound } from '../../ui/display/not-found.tsx'
import { PageSkeleton } from '../../ui/display/skeleton.tsx'
import { HeadroomPanel } from '../headroom/headroom-panel.tsx'
import { HypervisorFacts } from './hypervisor-facts.tsx'
import { HypervisorSentence } from './hypervisor-sentence.tsx'
import { HypervisorVms } from './hypervisor-vms.tsx'
import { ManageHypervisor } from './manage-hypervisor.tsx'
import { SendersTable } from './senders-table.tsx'
import { Sight } from './sight.tsx'
import { TapsTable } from '../tap/taps-table.tsx'

/** One hypervisor: the state of its VMs, how full its senders are and were, and every tap. */
export function HypervisorView({ id }: { id: string }) {
  const trpc = useTRPC()
  const detail = useQuery(trpc.hypervisor.read.queryOptions({ id }))
  if (detail.isError && describeFailure(detail.error).kind === 'refused') {
    return (
      <NotFound
        icon={ServerOff}
        what="Hypervisor"
        because="the hypervisor was removed"
        list={{ href: '/', name: 'the fleet' }}
      />
    )
  }
  return (
    <>
      <title>{`${detail.data?.name ?? 'Hypervisor'} · Slashzero`}</title>
      <Loaded
        query={detail}
        failed="The hypervisor could not be read."
        skeleton={<PageSkeleton label="Reading the hypervisor" />}
      >
        {(data) => (
          <div className="space-y-6">
            <HypervisorSentence detail={data} />
            <HypervisorFacts detail={data} />
            <HeadroomPanel detail={data} />
            <SendersTable senders={data.senders} runs={data.runs} />
            {hasFailed(data) && <Sight runs={data.runs} probes={data.probes} />}
            <HypervisorVms detail={data} />
            <TapsTable taps={data.taps} probes={data.probes} />
            {!hasFailed(data) && <Sight runs={data.runs} probes={data.probes} />}
            <ManageHypervisor detail={data} />
          </div>
        )}
      </Loaded>
    </>
  )
}

/** A failed probe explains unknown figures, so the panel then comes before them. */
function hasFailed({ runs }: HypervisorDetail): boolean {
  return runs.some(({ outcome }) => outcome === 'failed')
}
