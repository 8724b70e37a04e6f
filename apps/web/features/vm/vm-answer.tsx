'use client'

import { useQuery } from '@tanstack/react-query'
import { MonitorOff } from 'lucide-react'
import dynamic from 'next/dynamic'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useWatched } from '../../connection/live/use-watched.ts'
import { trpc } from '../../connection/trpc.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { NotFound } from '../../ui/display/not-found.tsx'
import { PanelSkeleton, SentenceSkeleton } from '../../ui/display/skeleton.tsx'
import { VmChecks } from './vm-checks.tsx'
import { VmFacts } from './vm-facts.tsx'
import { VmSentence } from './vm-sentence.tsx'
import { VmTaps } from './vm-taps.tsx'

const VmTokens = dynamic(() => import('./vm-tokens.tsx').then((module) => module.VmTokens), {
  ssr: false,
  loading: () => <PanelSkeleton label="Reading the tokens" className="h-72" />,
})

/** The answer of the page, and what each check found. */
export function VmAnswer({ id }: { id: string }) {
  const detail = useQuery(trpc.vm.read.queryOptions({ id }))
  const on = detail.data?.vm.hypervisor.id
  useWatched({ hypervisors: on === undefined ? [] : [on] })
  if (detail.isError && describeFailure(detail.error).kind === 'refused') {
    return (
      <NotFound
        icon={MonitorOff}
        what="VM"
        because="the hypervisor no longer reports this VM"
        list={{ href: '/vms', name: 'the VMs' }}
      />
    )
  }
  return (
    <>
      <title>{`${detail.data?.vm.name ?? 'VM'} · Slashzero`}</title>
      <Loaded query={detail} failed="The VM could not be read." skeleton={<SentenceSkeleton label="Reading the VM" />}>
        {(data) => (
          <div className="space-y-6">
            <VmSentence vm={data.vm} claims={data.claims} />
            <VmFacts vm={data.vm} />
            <VmChecks {...data} />
            <VmTaps {...data} />
            <VmTokens vm={data.vm} />
          </div>
        )}
      </Loaded>
    </>
  )
}
