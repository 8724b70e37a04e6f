'use client'

import { HEADROOM_RANGES, type HeadroomRange, type HypervisorDetail } from '@slashzero/contract/page'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChartArea } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useMemo } from 'react'
import { arrangeSockets } from './arrange-sockets.ts'
import { chooseLine, fitRange, nameLine, readRange } from './choose-line.ts'
import { describePlot } from './describe-plot.ts'
import { plotHeadroom, type HeadroomPlot } from './plot-headroom.ts'
import { alone } from '../../connection/connect.ts'
import { useTRPC } from '../../connection/trpc-context.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { ChoiceRow } from '../../ui/control/choice-row.tsx'
import { EmptyState } from '../../ui/display/empty-state.tsx'
import { FailureNotice } from '../../ui/display/failure-notice.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Skeleton } from '../../ui/display/skeleton.tsx'
import { HeadroomFigures } from './headroom-figures.tsx'
import { HeadroomLegend } from './headroom-legend.tsx'

const HeadroomChart = dynamic(() => import('./headroom-chart.tsx').then((module) => module.HeadroomChart), {
  ssr: false,
  loading: () => <Skeleton className="h-80" />,
})

const rangeNames = { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 days', '30d': '30 days' } as const

/** One sender's option memory over the range in the URL, otherwise over the part of the last day that has figures. */
export function HeadroomPanel({ detail }: { detail: HypervisorDetail }) {
  const trpc = useTRPC()
  const { params, hrefFor, set } = useUrlState()
  const wanted = readRange(params)
  const over = (range: HeadroomRange) => trpc.hypervisor.headroom.queryOptions({ id: detail.id, range }, alone)
  const day = useQuery({ ...over('24h'), enabled: wanted === null })
  const range = wanted ?? fitRange(day.data)
  const series = useQuery({ ...over(range), placeholderData: keepPreviousData })
  const lines = useMemo(() => arrangeSockets(series.data?.sockets ?? []), [series.data])
  const line = chooseLine(lines, params.get('socket'), detail.senders)
  const plot = useMemo(() => (series.data && line ? plotHeadroom(line, series.data) : null), [series.data, line])

  return (
    <Panel
      title={
        line
          ? `Option memory of ${line.daemon}${line.namespace === null ? '' : ` in ${line.namespace}`}`
          : 'Option memory'
      }
      note={plot ? describePlot(plot) : undefined}
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
          <Skeleton className="h-80" />
        </output>
      )}
      {series.data && !hasFigures(plot) && (
        <EmptyState icon={ChartArea} title={`Nothing was measured in the last ${rangeNames[range]}.`}>
          {detail.senders.find((sender) => sender.unmeasuredReason !== null)?.unmeasuredReason ??
            'No report in this range named a sender’s socket.'}
        </EmptyState>
      )}
      {hasFigures(plot) && (
        <div className={series.isPlaceholderData ? 'opacity-60' : ''}>
          <div className="px-4 pt-3">
            <HeadroomLegend plot={plot} />
          </div>
          <div className="px-1 pt-2 pb-3 sm:px-3">
            <HeadroomChart plot={plot} membershipBytes={detail.membershipBytes} />
          </div>
          <HeadroomFigures plot={plot} />
        </div>
      )}
    </Panel>
  )
}

function hasFigures(plot: HeadroomPlot | null): plot is HeadroomPlot {
  return plot !== null && plot.rows.length > 0
}
