import type { SwitchedProbe } from '@slashzero/contract/report'
import type { TapResource } from '@slashzero/contract/rest'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { TapRow } from './tap-row.tsx'

/** Taps with their verdicts and the kernel's counters. */
export function TapsTable({ taps, probes }: { taps: readonly TapResource[]; probes: readonly string[] | null }) {
  const isHeard = probes?.includes('advertisements' satisfies SwitchedProbe) ?? false
  return (
    <Table label="Taps" className="table-cards md:min-w-[70rem]">
      <Columns>
        <Column about="A VM’s network port on the hypervisor: a tap, macvtap, vhost-user or veth interface.">
          Tap
        </Column>
        <Column>Verdict</Column>
        <Column>VM</Column>
        <Column
          right
          about="Members of ff02::2 on the tap. With forwarding on, the kernel is a member too: 2 then means that the daemon has joined."
        >
          Joined users
        </Column>
        <Column>Forwarding</Column>
        <Column right about="Router Solicitations from the VM since the creation of the tap.">
          RS in
        </Column>
        <Column right about="Router Advertisements to the VM since the creation of the tap. Failed sends do not count.">
          RA out
        </Column>
        <Column right about="Router Advertisements received on the tap, including the host’s own multicast ones.">
          RA in
        </Column>
        <Column>Link</Column>
      </Columns>
      <tbody>
        {taps.map((tap) => (
          <TapRow key={`${tap.namespace ?? ''}:${tap.ifindex}`} tap={tap} isHeard={isHeard} />
        ))}
      </tbody>
    </Table>
  )
}
