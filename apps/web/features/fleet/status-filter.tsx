import { hypervisorStatusesWorstFirst, type HypervisorStatus } from '@slashzero/contract/rest'
import type { FleetRow } from '@slashzero/contract/page'
import { countStatuses } from './filter-fleet.ts'
import { formatNumber } from '../../ui/words/format-count.ts'
import { hypervisorWords } from '../../ui/words/status-words.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { hypervisorIcons, toneText } from '../../ui/display/badge.tsx'

/** The statuses in the fleet, each with its count of hypervisors. */
export function StatusFilter({
  rows,
  chosen,
  hrefFor,
}: {
  rows: readonly FleetRow[]
  chosen: HypervisorStatus | null
  hrefFor: (status: HypervisorStatus | null) => string
}) {
  const counts = countStatuses(rows)
  const statuses = hypervisorStatusesWorstFirst.filter((status) => counts.has(status) || status === chosen)
  return (
    <ChoiceRow
      label="Hypervisors by status"
      choices={[
        {
          key: 'all',
          href: hrefFor(null),
          chosen: chosen === null,
          label: (
            <>
              All <Count>{rows.length}</Count>
            </>
          ),
        },
        ...statuses.map((status) => {
          const Icon = hypervisorIcons[status]
          const { label, tone } = hypervisorWords[status]
          return {
            key: status,
            href: hrefFor(status),
            chosen: chosen === status,
            label: (
              <>
                <Icon aria-hidden size={13} className={toneText[tone]} /> {label}{' '}
                <Count>{counts.get(status) ?? 0}</Count>
              </>
            ),
          }
        }),
      ]}
    />
  )
}

function Count({ children }: { children: number }) {
  return <span className="text-faint">{formatNumber(children)}</span>
}
