import { hypervisorStatusesWorstFirst, type HypervisorStatus } from '@slashzero/contract/rest'
import type { FleetCounts } from '@slashzero/contract/page'
import { formatNumber } from '../../ui/words/format-count.ts'
import { hypervisorWords } from '../../ui/words/status-words.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { hypervisorIcons, toneText } from '../../ui/display/badge.tsx'

/** The statuses in the fleet, each with its count of hypervisors. */
export function StatusFilter({
  counts,
  chosen,
  hrefFor,
}: {
  /** Undefined until the server has counted. */
  counts: FleetCounts['statuses'] | undefined
  chosen: HypervisorStatus | null
  hrefFor: (status: HypervisorStatus | null) => string
}) {
  const countOf = (status: HypervisorStatus) => counts?.[status] ?? 0
  const statuses = hypervisorStatusesWorstFirst.filter((status) => countOf(status) > 0 || status === chosen)
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0)
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
              All <Count>{all}</Count>
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
                <Count>{counts && countOf(status)}</Count>
              </>
            ),
          }
        }),
      ]}
    />
  )
}

function Count({ children }: { children: number | undefined }) {
  return <span className="text-faint">{children === undefined ? '…' : formatNumber(children)}</span>
}
