'use client'

import { Sunset } from 'lucide-react'
import { formatNumber } from '../../ui/words/format-count.ts'
import { routeWords } from '../../ui/words/status-words.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import type { VmView } from './read-vm-view.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { routeIcons, toneText } from '../../ui/display/badge.tsx'
import { routeTabs, useRouteCounts } from './use-route-counts.ts'

/** The statuses of a route to choose from, each with its count of VMs in this search. */
export function RouteTabs({ view: { route: chosen, query } }: { view: VmView }) {
  const { hrefFor } = useUrlState()
  const counts = useRouteCounts(query)
  return (
    <ChoiceRow
      label="VMs by status of their route"
      choices={routeTabs.map((tab) => ({
        key: tab,
        href: hrefFor({ route: tab === 'missing' ? null : tab, page: null }),
        chosen: chosen === tab,
        label: (
          <>
            <TabName tab={tab} />{' '}
            <span className="text-faint">{counts === undefined ? '…' : formatNumber(counts[tab])}</span>
          </>
        ),
      }))}
    />
  )
}

function TabName({ tab }: { tab: (typeof routeTabs)[number] }) {
  if (tab === 'all') return 'All'
  if (tab === 'dark') {
    return (
      <>
        <Sunset aria-hidden size={13} className={toneText.warn} /> Going dark
      </>
    )
  }
  const Icon = routeIcons[tab]
  const { label, tone } = routeWords[tab]
  return (
    <>
      <Icon aria-hidden size={13} className={toneText[tone]} /> {label}
    </>
  )
}
