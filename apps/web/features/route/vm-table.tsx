import type { VmResource } from '@slashzero/contract/rest'
import type { VmPageQuery } from '@slashzero/contract/page'
import { useSteadyOrder } from '../../ui/view/use-steady-order.ts'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { SortHeader } from '../../ui/control/sort-header.tsx'
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
  query?: VmPageQuery
  withHypervisor?: boolean
}) {
  const steady = useSteadyOrder(vms, JSON.stringify(query ?? null))
  return (
    <Table label={label} className="table-cards md:min-w-[72rem]">
      <Columns>
        <VmColumn sort="name" title="VM" query={query} />
        {withHypervisor ? (
          <VmColumn sort="hypervisor" title="Hypervisor and tap" query={query} />
        ) : (
          <Column>Tap</Column>
        )}
        <VmColumn sort="status" title="::/0" query={query} />
        <VmColumn sort="since" title="Since" query={query} />
        <Column about="The cause as far as it is known: first from the hypervisor, then from the check of the VM.">
          Why
        </Column>
        <Column about="What each check found, and how long ago. The first check decides the status.">Found by</Column>
        <VmColumn sort="ends" title="Gateway and end" query={query?.goesDark === true ? query : undefined} />
      </Columns>
      <tbody {...steady.handlers}>
        {steady.rows.map((vm) => (
          <VmRow key={vm.id} vm={vm} withHypervisor={withHypervisor} />
        ))}
      </tbody>
    </Table>
  )
}

/** Sorts by the column; a second press reverses the order. Only VMs that go dark have an order of ends. */
function VmColumn({
  sort,
  title,
  query,
}: {
  sort: VmPageQuery['sort']
  title: string
  query: VmPageQuery | undefined
}) {
  if (!query) return <Column>{title}</Column>
  const isChosen = query.sort === sort
  const isReversed = isChosen && !query.descending
  return (
    <SortHeader
      title={title}
      order={isChosen ? (query.descending ? 'descending' : 'ascending') : null}
      patch={{ sort, descending: isReversed ? 'true' : null, cursor: null }}
    />
  )
}
