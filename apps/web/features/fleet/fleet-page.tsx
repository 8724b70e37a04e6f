import { Prefetched } from '../../connection/prefetched.tsx'
import { PanelBoundary } from '../../ui/display/panel-boundary.tsx'
import { PanelSkeleton } from '../../ui/display/skeleton.tsx'
import { Streamed } from '../../ui/display/streamed.tsx'
import { FleetAnswer } from './fleet-answer.tsx'
import { FleetSkyline } from './fleet-skyline.tsx'
import { FleetTable } from './fleet-table.tsx'
import { countedBy, DARK_NEXT, LOST_LAST, readFleetQuery } from './fleet-view.ts'
import { FleetVms } from './fleet-vms.tsx'

/** The whole fleet, worst first: which VMs have lost ::/0, where, and which hypervisor is next. */
export function FleetPage({ params }: { params: URLSearchParams }) {
  const query = readFleetQuery(params)
  return (
    <Prefetched
      read={(queries, trpc) => [
        queries.prefetchQuery(trpc.fleet.summary.queryOptions()),
        // Short lists above the rest come with the answer, so that nothing moves when they arrive.
        ...[LOST_LAST, DARK_NEXT].map((vms) => queries.prefetchQuery(trpc.vm.page.queryOptions(vms))),
      ]}
    >
      <div className="space-y-6">
        <FleetAnswer />
        <PanelBoundary failed="The VMs could not be shown.">
          <FleetVms />
        </PanelBoundary>
        <Streamed
          failed="The picture could not be shown."
          skeleton={<PanelSkeleton label="Reading the picture" className="h-72 sm:h-52" />}
          read={(queries, trpc) => [queries.prefetchQuery(trpc.fleet.skyline.queryOptions())]}
        >
          <FleetSkyline />
        </Streamed>
        <Streamed
          failed="The hypervisors could not be shown."
          skeleton={<PanelSkeleton label="Reading the hypervisors" className="h-[40rem]" />}
          read={(queries, trpc) => [
            queries.prefetchQuery(trpc.fleet.page.queryOptions(query)),
            queries.prefetchQuery(trpc.fleet.counts.queryOptions(countedBy(query))),
          ]}
        >
          <FleetTable />
        </Streamed>
      </div>
    </Prefetched>
  )
}
