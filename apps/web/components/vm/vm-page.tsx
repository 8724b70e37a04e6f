'use client'

import { useQuery } from '@tanstack/react-query'
import { MonitorOff } from 'lucide-react'
import Link from 'next/link'
import { describeFailure } from '../../client/trpc/describe-failure.ts'
import { useTRPC } from '../../client/trpc/trpc-context.ts'
import { EmptyState } from '../display/empty-state.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/panel.tsx'
import { PageSkeleton } from '../display/skeleton.tsx'
import { VmSentence } from './vm-sentence.tsx'
import { VmTable } from './vm-table.tsx'
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
        {({ vm }) => (
          <div className="space-y-6">
            <VmSentence vm={vm} />
            <Panel title="Route" note="The latest check of each method; the first one is what the verdict follows.">
              <VmTable vms={[vm]} label="This VM" withHypervisor />
            </Panel>
            <VmTokens vm={vm} />
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
      <EmptyState icon={MonitorOff} title="There is no such VM.">
        Its hypervisor reports it no longer.{' '}
        <Link href="/vms" className="text-link">
          Back to the VMs
        </Link>
      </EmptyState>
    </>
  )
}
