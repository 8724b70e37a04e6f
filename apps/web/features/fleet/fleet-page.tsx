'use client'

import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { PageSkeleton } from '../../ui/display/skeleton.tsx'
import { EmptyFleet } from './empty-fleet.tsx'
import { FleetSentence } from './fleet-sentence.tsx'
import { FleetSkyline } from './fleet-skyline.tsx'
import { FleetTable } from './fleet-table.tsx'
import { FleetVms } from './fleet-vms.tsx'
import { titleOfFleet } from './describe-fleet.ts'
import { watchesNothing } from './watches-nothing.ts'

/** The whole fleet, worst first: which VMs have lost ::/0, where, and which hypervisor is next. */
export function FleetPage() {
  const trpc = useTRPC()
  const fleet = useQuery(trpc.fleet.read.queryOptions())
  return (
    <>
      <title>{titleOfFleet(fleet.data ?? null)}</title>
      <Loaded query={fleet} failed="The fleet could not be read." skeleton={<PageSkeleton label="Reading the fleet" />}>
        {(data) =>
          watchesNothing(data) ? (
            <>
              <EmptyFleet idle={data.hypervisors.length} />
              {data.hypervisors.length > 0 && <FleetTable rows={data.hypervisors} />}
            </>
          ) : (
            <div className="space-y-6">
              <FleetSentence fleet={data} />
              <FleetVms fleet={data} />
              <FleetSkyline rows={data.hypervisors} />
              <FleetTable rows={data.hypervisors} />
            </div>
          )
        }
      </Loaded>
    </>
  )
}
