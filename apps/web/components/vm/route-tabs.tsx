'use client'

import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { formatNumber } from '../../client/format/format-count.ts'
import { routeStatusesWorstFirst, routeWords } from '../../client/status/status-words.ts'
import { useTRPC } from '../../client/trpc/trpc-context.ts'
import { useUrlState } from '../../client/url/use-url-state.ts'
import type { VmView } from '../../client/vm/read-vm-view.ts'
import { ChoiceRow } from '../control/choice-row.tsx'
import { routeIcons, toneText } from '../display/badge.tsx'

const tabs = [...routeStatusesWorstFirst, 'all'] as const

/** The states of a route to choose from, each with how many VMs of this search are in it. */
export function RouteTabs({ view: { route: chosen, query } }: { view: VmView }) {
  const trpc = useTRPC()
  const { hrefFor } = useUrlState()
  const { route: _route, ...rest } = query
  const counts = useQueries({
    queries: tabs.map((tab) => ({
      ...trpc.vm.list.queryOptions({ ...rest, sort: 'name', descending: false, offset: 0, limit: 1, ...(tab !== 'all' && { route: tab }) }),
      select: (list: { total: number }) => list.total,
      placeholderData: keepPreviousData,
    })),
  })
  return (
    <ChoiceRow
      label="VMs by state of their route"
      choices={tabs.map((tab, index) => {
        const count = counts[index]?.data
        return {
          key: tab,
          href: hrefFor({ route: tab === 'missing' ? null : tab, page: null }),
          chosen: chosen === tab,
          label: (
            <>
              <TabName tab={tab} /> <span className="text-faint">{count === undefined ? '…' : formatNumber(count)}</span>
            </>
          ),
        }
      })}
    />
  )
}

function TabName({ tab }: { tab: (typeof tabs)[number] }) {
  if (tab === 'all') return 'All'
  const Icon = routeIcons[tab]
  const { label, tone } = routeWords[tab]
  return (
    <>
      <Icon aria-hidden size={13} className={toneText[tone]} /> {label}
    </>
  )
}
