import type { VmResource } from '@slashzero/contract/rest'
import type { VmListQuery } from '@slashzero/contract/page'
import { useSteadyOrder } from '../../ui/view/use-steady-order.ts'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { SortHeader } from './sort-header.tsx'
import { VmRow } from './vm-row.tsx'

/** VMs with the status of their default route, the checks behind it, and the cause. */
export function VmTable({
  vms,
  label,
  query,
  withHypervisor = false,
}: {
  vms: readonly VmResource[]
  label: string
  /** The order of the list, if the reader can change it. */
  query?: VmListQuery
  withHypervisor?: boolean
}) {
  const steady = useSteadyOrder(vms, JSON.stringify(query ?? null))
  return (
    <Table label={label} className="table-cards md:min-w-[72rem]">
      <Columns>
        <SortHeader sort="name" title="VM" query={query} />
        {withHypervisor ? (
          <SortHeader sort="hypervisor" title="Hypervisor and tap" query={query} />
        ) : (
          <Column>Tap</Column>
        )}
        <SortHeader sort="status" title="::/0" query={query} />
        <SortHeader sort="since" title="Since" query={query} />
        <Column about="The cause as far as it is known: first from the hypervisor, then from the check of the VM.">
          Why
        </Column>
        <Column about="What each check found, and how long ago. The first check decides the status.">Found by</Column>
        <SortHeader sort="ends" title="Gateway and end" query={query} />
      </Columns>
      <tbody {...steady.handlers}>
        {steady.rows.map((vm) => (
          <VmRow key={vm.id} vm={vm} withHypervisor={withHypervisor} />
        ))}
      </tbody>
    </Table>
  )
}
