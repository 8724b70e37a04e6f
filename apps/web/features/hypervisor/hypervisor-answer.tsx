'use client'

import type { HypervisorHead } from '@slashzero/contract/page'
import { ServerOff } from 'lucide-react'
import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useWatched } from '../../connection/live/use-watched.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { NotFound } from '../../ui/display/not-found.tsx'
import { PanelSkeleton, SentenceSkeleton } from '../../ui/display/skeleton.tsx'
import { HypervisorFacts } from './hypervisor-facts.tsx'
import { HypervisorSentence } from './hypervisor-sentence.tsx'
import { Sight } from './sight.tsx'
import { useHead } from './use-head.ts'

const ManageHypervisor = dynamic(() => import('./manage-hypervisor.tsx').then((module) => module.ManageHypervisor), {
  ssr: false,
  loading: () => <PanelSkeleton label="Loading the controls" className="h-28" />,
})

/** The answer of the page, and its panels in order. The panels load on their own. */
export function HypervisorAnswer({
  id,
  history,
  senders,
  vms,
  taps,
}: {
  id: string
  history: ReactNode
  senders: ReactNode
  vms: ReactNode
  taps: ReactNode
}) {
  const head = useHead(id)
  useWatched({ hypervisors: [id] })
  if (head.isError && describeFailure(head.error).kind === 'refused') {
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
      <title>{`${head.data?.name ?? 'Hypervisor'} · Slashzero`}</title>
      <Loaded
        query={head}
        failed="The hypervisor could not be read."
        skeleton={<SentenceSkeleton label="Reading the hypervisor" />}
      >
        {(data) => (
          <div className="space-y-6">
            <HypervisorSentence detail={data} />
            <HypervisorFacts detail={data} />
            {history}
            {senders}
            {hasFailed(data) && <Sight runs={data.runs} probes={data.probes} />}
            {vms}
            {taps}
            {!hasFailed(data) && <Sight runs={data.runs} probes={data.probes} />}
            <ManageHypervisor detail={data} />
          </div>
        )}
      </Loaded>
    </>
  )
}

/** A failed probe explains unknown figures, so the panel then comes before them. */
function hasFailed({ runs }: HypervisorHead): boolean {
  return runs.some(({ outcome }) => outcome === 'failed')
}
