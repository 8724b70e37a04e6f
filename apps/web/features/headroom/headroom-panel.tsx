'use client'

import { HEADROOM_RANGES, type HeadroomRange, type HypervisorSender } from '@slashzero/contract/page'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartArea } from 'lucide-react'
import { useMemo } from 'react'
import { arrangeSockets } from './arrange-sockets.ts'
import { chooseLine, fitRange, nameLine, readRange } from './choose-line.ts'
import { describePlot } from './describe-plot.ts'
import { plotHeadroom, type HeadroomPlot } from './plot-headroom.ts'
import { trpc } from '../../connection/trpc.ts'
import { formatCount } from '../../ui/words/format-count.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Skeleton } from '../../ui/display/skeleton.tsx'
import { HeadroomChart } from './headroom-chart.tsx'
import { HeadroomFigures } from './headroom-figures.tsx'
import { HeadroomLegend } from './headroom-legend.tsx'

const rangeNames = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 days', '30d': '30 days' } as const

/** One sender's option memory over the range in the URL, otherwise over the part of the last day that has figures. */
export function HeadroomPanel({
  id,
  membershipBytes,
  senders,
}: {
  id: string
  membershipBytes: number | null
  senders: readonly HypervisorSender[]
}) {
  const { params, hrefFor, set } = useUrlState()
  const wanted = readRange(params)
  const over = (range: HeadroomRange) => trpc.hypervisor.headroom.queryOptions({ id, range })
  const day = useQuery({ ...over('24h'), enabled: wanted === null })
  const range = wanted ?? fitRange(day.data)
  const series = useQuery({ ...over(range), placeholderData: keepPreviousData })
  const lines = useMemo(() => arrangeSockets(series.data?.sockets ?? []), [series.data])
  const line = chooseLine(lines, params.get('socket'), senders)
  const plot = useMemo(() => (series.data && line ? plotHeadroom(line, series.data) : null), [series.data, line])

  return (
    <Panel
      title={
        line
          ? `Option memory of ${line.daemon}${line.namespace === null ? '' : ` in ${line.namespace}`}`
          : 'Option memory'
      }
      note={plot ? `${describePlot(plot)}${describeHidden(series.data?.hidden)}` : undefined}
      tools={
        <div className="flex max-w-full flex-wrap items-center gap-2">
          {line && lines.length > 1 && (
            <select
              aria-label="Sender socket"
              value={line.key}
              onChange={(event) => set({ socket: event.target.value }, 'push')}
              className="h-8 max-w-full min-w-0 rounded-md border border-control bg-panel px-2 text-[13px] sm:max-w-80"
            >
              {lines.map((choice) => (
                <option key={choice.key} value={choice.key}>
                  {nameLine(choice)}
                </option>
              ))}
            </select>
          )}
          <ChoiceRow
            label="Time range of the chart"
            choices={HEADROOM_RANGES.map((choice) => ({
              key: choice,
              label: rangeNames[choice],
              href: hrefFor({ range: choice }),
              chosen: choice === range,
            }))}
          />
        </div>
      }
    >
      {series.isError && (
        <div className="p-4">
          <FailureNotice what="The history could not be read." query={series} />
        </div>
      )}
      {series.isPending && (
        <output aria-label="Reading the history" className="block p-4">
          <Skeleton className="h-96" />
        </output>
      )}
      {series.data && !hasFigures(plot) && (
        <EmptyState icon={ChartArea} title={`Nothing was measured in the last ${rangeNames[range]}.`}>
          {senders.find((sender) => sender.unmeasuredReason !== null)?.unmeasuredReason ??
            'No report in this range named a sender’s socket.'}
        </EmptyState>
      )}
      {hasFigures(plot) && (
        <div className={series.isPlaceholderData ? 'opacity-60' : ''}>
          <div className="px-4 pt-3">
            <HeadroomLegend plot={plot} />
          </div>
          <div className="px-1 pt-2 pb-3 sm:px-3">
            <HeadroomChart plot={plot} membershipBytes={membershipBytes} />
          </div>
          <HeadroomFigures plot={plot} />
        </div>
      )}
    </Panel>
  )
}

/** A host may have many sockets; the server sends the fullest. */
function describeHidden(hidden = 0): string {
  return hidden === 0 ? '' : ` Not listed: ${formatCount(hidden, 'socket')} with more headroom.`
}

function hasFigures(plot: HeadroomPlot | null): plot is HeadroomPlot {
  return plot !== null && plot.rows.length > 0
}
