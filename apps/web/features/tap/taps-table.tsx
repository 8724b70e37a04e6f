'use client'

import type { SwitchedProbe } from '@slashzero/contract/report'
import { tapStatusesWorstFirst } from '@slashzero/contract/rest'
import type { HypervisorTap } from '@slashzero/contract/page'
import { Cable } from 'lucide-react'
import { useMemo } from 'react'
import { formatCount, formatNumber } from '../../ui/words/format-count.ts'
import { tapWords } from '../../ui/words/status-words.ts'
import { useUrlPage } from '../../ui/view/use-url-state.ts'
import { Pager } from '../../ui/control/pager.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { ScrollArea } from '../../ui/display/scroll-area.tsx'
import { Term } from '../../ui/display/tooltip.tsx'
import { TapRow } from './tap-row.tsx'

const PER_PAGE = 20

/** Every tap, most urgent first. */
export function TapsTable({ taps, probes }: { taps: readonly HypervisorTap[]; probes: readonly string[] | null }) {
  const sorted = useMemo(() => taps.toSorted(worstFirst), [taps])
  const { page: current, setPage } = useUrlPage('taps', Math.ceil(sorted.length / PER_PAGE))
  const isHeard = probes?.includes('advertisements' satisfies SwitchedProbe) ?? false
  return (
    <Panel title="Taps" note={noteOf(taps)}>
      {sorted.length === 0 ? (
        <EmptyState icon={Cable} title="The last report named no tap." />
      ) : (
        <ScrollArea label="Taps">
          <table className="table-cards md:min-w-[70rem]">
            <thead>
              <tr>
                <th scope="col">
                  <Term explanation="A VM’s network port on the hypervisor: a tap, macvtap, vhost-user or veth interface.">
                    Tap
                  </Term>
                </th>
                <th scope="col">Verdict</th>
                <th scope="col">VM</th>
                <th scope="col" data-right>
                  <Term explanation="Members of ff02::2 on the tap. With forwarding on, the kernel is a member too: 2 then means that the daemon has joined.">
                    Joined users
                  </Term>
                </th>
                <th scope="col">Forwarding</th>
                <th scope="col" data-right>
                  <Term explanation="Router Solicitations from the VM since the creation of the tap.">RS in</Term>
                </th>
                <th scope="col" data-right>
                  <Term explanation="Router Advertisements to the VM since the creation of the tap. Failed sends do not count.">
                    RA out
                  </Term>
                </th>
                <th scope="col" data-right>
                  <Term explanation="Router Advertisements received on the tap, including the host’s own multicast ones.">
                    RA in
                  </Term>
                </th>
                <th scope="col">Link</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice((current - 1) * PER_PAGE, current * PER_PAGE).map((tap) => (
                <TapRow key={`${tap.namespace ?? ''}:${tap.ifindex}`} tap={tap} isHeard={isHeard} />
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
      <Pager of="taps" page={current} perPage={PER_PAGE} total={sorted.length} onPage={setPage} />
    </Panel>
  )
}

function noteOf(taps: readonly HypervisorTap[]): string {
  const counted = tapStatusesWorstFirst
    .map((status) => ({ status, count: taps.filter((tap) => tap.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${formatNumber(count)} ${tapWords[status].label.toLowerCase()}`)
  return [formatCount(taps.length, 'tap'), ...counted].join(' · ')
}

function worstFirst(one: HypervisorTap, other: HypervisorTap): number {
  const rank = tapStatusesWorstFirst.indexOf(one.status) - tapStatusesWorstFirst.indexOf(other.status)
  return rank || one.name.localeCompare(other.name, 'en', { numeric: true })
}
