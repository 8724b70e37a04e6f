import { Prefetched } from '../../connection/prefetched.tsx'
import { PanelSkeleton } from '../../ui/display/skeleton.tsx'
import { Streamed } from '../../ui/display/streamed.tsx'
import { readVmView, talliedBy } from './read-vm-view.ts'
import { VmListPanel } from './vm-list-panel.tsx'
import { VmsAnswer } from './vms-answer.tsx'

/** Which VMs have lost ::/0, where, since when, and why. */
export function VmsPage({ params }: { params: URLSearchParams }) {
  const { query } = readVmView(params)
  return (
    <Prefetched read={(queries, trpc) => [queries.prefetchQuery(trpc.vm.tally.queryOptions(talliedBy(query)))]}>
      <div className="space-y-6">
        <VmsAnswer />
        <Streamed
          failed="The VMs could not be shown."
          skeleton={<PanelSkeleton label="Reading the VMs" className="h-[40rem]" />}
          read={(queries, trpc) => [queries.prefetchQuery(trpc.vm.page.queryOptions(query))]}
        >
          <VmListPanel />
        </Streamed>
      </div>
    </Prefetched>
  )
}
