'use client'

import { useQuery } from '@tanstack/react-query'
import { MonitorOff } from 'lucide-react'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { NotFound } from '../../ui/display/not-found.tsx'
import { PageSkeleton } from '../../ui/display/skeleton.tsx'
import { TapsTable } from '../tap/taps-table.tsx'
import { VmChecks } from './vm-checks.tsx'
import { VmFacts } from './vm-facts.tsx'
import { VmSentence } from './vm-sentence.tsx'
import { VmTokens } from './vm-tokens.tsx'

/** One VM: whether it has ::/0, what each check found, its tap, and its push tokens. */
export function VmPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const detail = useQuery(trpc.vm.read.queryOptions({ id }))
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
      <Loaded query={detail} failed="The VM could not be read." skeleton={<PageSkeleton label="Reading the VM" />}>
        {(data) => (
          <div className="space-y-6">
            <VmSentence vm={data.vm} claims={data.claims} />
            <VmFacts vm={data.vm} />
            <VmChecks {...data} />
            <TapsTable taps={data.taps} probes={data.probes} />
            <VmTokens vm={data.vm} />
          </div>
        )}
      </Loaded>
    </>
  )
}
