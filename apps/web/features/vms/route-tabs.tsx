'use client'

import { Sunset } from 'lucide-react'
import type { RouteStatus } from '@slashzero/contract/rest'
import { formatCapped } from '../../ui/words/format-count.ts'
import { routeWords } from '../../ui/words/status-words.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import type { VmView } from './read-vm-view.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { routeIcons, toneText } from '../../ui/display/badge.tsx'
import { countsOf } from './describe-vms.ts'
import { useTally } from './use-tally.ts'

/** Most urgent first: VMs that have lost ::/0, VMs that lose it next, and the rest. */
const routeTabs = ['missing', 'dark', 'expiring', 'unknown', 'ok', 'all'] as const satisfies readonly (
  | RouteStatus
  | 'dark'
  | 'all'
)[]

/** The statuses of a route to choose from, each with its count of VMs in this search. */
export function RouteTabs({ view }: { view: VmView }) {
  const { hrefFor } = useUrlState()
  const { data: tally } = useTally(view)
  const counts = tally && countsOf(tally)
  return (
    <ChoiceRow
      label="VMs by status of their route"
      choices={routeTabs.map((tab) => ({
        key: tab,
        href: hrefFor({ route: tab === 'missing' ? null : tab, cursor: null }),
        chosen: view.route === tab,
        label: (
          <>
            <TabName tab={tab} />{' '}
            <span className="text-faint">{tally && counts ? formatCapped(counts[tab], tally.max) : '…'}</span>
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
