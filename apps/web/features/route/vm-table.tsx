import type { DashboardVm, VmListQuery } from '@slashzero/contract/page'
import { useSteadyOrder } from '../../ui/view/use-steady-order.ts'
import { ScrollArea } from '../../ui/display/scroll-area.tsx'
import { Term } from '../../ui/display/tooltip.tsx'
import { SortHeader } from './sort-header.tsx'
import { VmRow } from './vm-row.tsx'

/** VMs with the status of their default route, the checks behind it, and the cause. */
export function VmTable({
  vms,
  label,
  query,
  withHypervisor = false,
}: {
  vms: readonly DashboardVm[]
  label: string
  /** The order of the list, if the reader can change it. */
  query?: VmListQuery
  withHypervisor?: boolean
}) {
  const steady = useSteadyOrder(vms, JSON.stringify(query ?? null))
  return (
    <ScrollArea label={label}>
      <table className="table-cards md:min-w-[72rem]">
        <thead>
          <tr>
            <SortHeader sort="name" title="VM" query={query} />
            {withHypervisor ? (
              <SortHeader sort="hypervisor" title="Hypervisor and tap" query={query} />
            ) : (
              <th scope="col">Tap</th>
            )}
            <SortHeader sort="status" title="::/0" query={query} />
            <SortHeader sort="since" title="Since" query={query} />
            <th scope="col">
              <Term explanation="The cause as far as it is known: first from the hypervisor, then from the check of the VM.">
                Why
              </Term>
            </th>
            <th scope="col">
              <Term explanation="What each check found, and how long ago. The first check decides the status.">
                Found by
              </Term>
            </th>
            <SortHeader sort="ends" title="Gateway and end" query={query} />
          </tr>
        </thead>
        <tbody {...steady.handlers}>
          {steady.rows.map((vm) => (
            <VmRow key={vm.id} vm={vm} withHypervisor={withHypervisor} />
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
