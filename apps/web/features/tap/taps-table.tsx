'use client'

import type { SwitchedProbe } from '@slashzero/contract/report'
import { tapStatusesWorstFirst, type TapResource } from '@slashzero/contract/rest'
import { Cable } from 'lucide-react'
import { useMemo } from 'react'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { tapWords } from '../../ui/words/status-words.ts'
import { useUrlPage } from '../../ui/view/use-url-state.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { TapRow } from './tap-row.tsx'

const PER_PAGE = 20

/** Every tap, most urgent first. */
export function TapsTable({ taps, probes }: { taps: readonly TapResource[]; probes: readonly string[] | null }) {
  const sorted = useMemo(() => taps.toSorted(worstFirst), [taps])
  const { page: current, setPage } = useUrlPage('taps', Math.ceil(sorted.length / PER_PAGE))
  const isHeard = probes?.includes('advertisements' satisfies SwitchedProbe) ?? false
  return (
    <Panel title="Taps" note={noteOf(taps)}>
      {sorted.length === 0 ? (
        <EmptyState icon={Cable} title="The last report named no tap." />
      ) : (
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
            <Column
              right
              about="Router Advertisements to the VM since the creation of the tap. Failed sends do not count."
            >
              RA out
            </Column>
            <Column right about="Router Advertisements received on the tap, including the host’s own multicast ones.">
              RA in
            </Column>
            <Column>Link</Column>
          </Columns>
          <tbody>
            {sorted.slice((current - 1) * PER_PAGE, current * PER_PAGE).map((tap) => (
              <TapRow key={`${tap.namespace ?? ''}:${tap.ifindex}`} tap={tap} isHeard={isHeard} />
            ))}
          </tbody>
        </Table>
      )}
      <Pager of="taps" page={current} perPage={PER_PAGE} total={sorted.length} onPage={setPage} />
    </Panel>
  )
}

function noteOf(taps: readonly TapResource[]): string {
  const counted = tapStatusesWorstFirst
    .map((status) => ({ status, count: taps.filter((tap) => tap.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${formatNumber(count)} ${tapWords[status].label.toLowerCase()}`)
  return [formatCount(taps.length, 'tap'), ...counted].join(' · ')
}

function worstFirst(one: TapResource, other: TapResource): number {
  const rank = tapStatusesWorstFirst.indexOf(one.status) - tapStatusesWorstFirst.indexOf(other.status)
  return rank || one.name.localeCompare(other.name, 'en', { numeric: true })
}
