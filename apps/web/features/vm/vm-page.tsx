'use client'

import { useQuery } from '@tanstack/react-query'
import { MonitorOff } from 'lucide-react'
import Link from 'next/link'
import { describeFailure } from '../../connection/describe-failure.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { PageSkeleton } from '../../ui/display/skeleton.tsx'
import { TapsTable } from '../tap/taps-table.tsx'
import { VmChecks } from './vm-checks.tsx'
import { VmFacts } from './vm-facts.tsx'
import { VmSentence } from './vm-sentence.tsx'
import { VmTokens } from './vm-tokens.tsx'

/** One VM: whether it has ::/0, how that is known, and how the VM itself can tell. */
export function VmPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const detail = useQuery(trpc.vm.read.queryOptions({ id }))
  if (detail.isError && describeFailure(detail.error).kind === 'refused') return <UnknownVm />
  return (
    <>
      <title>{`${detail.data?.vm.name ?? 'VM'} · Slashzero`}</title>
      <Loaded query={detail} failed="The VM could not be read." skeleton={<PageSkeleton label="Reading the VM" />}>
        {(data) => (
          <div className="space-y-6">
            <VmSentence vm={data.vm} />
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

function UnknownVm() {
  return (
    <>
      <title>No such VM · Slashzero</title>
      <EmptyState icon={MonitorOff} title="There is no such VM." isPage>
        The address may be mistyped, or its hypervisor reports it no longer.{' '}
        <Link href="/vms" className="text-link">
          Back to the VMs
        </Link>
      </EmptyState>
    </>
  )
}
