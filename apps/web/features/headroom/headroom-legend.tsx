import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatInstant } from '../../ui/words/format-instant.ts'
import type { HeadroomPlot } from './plot-headroom.ts'
import { ChartLegend, type LegendItem } from '../../ui/display/chart-legend.tsx'

/** The legend shows both figures, because the lines lie too close to read. */
export function HeadroomLegend({ plot }: { plot: HeadroomPlot }) {
  const zone = useTimeZone()
  const { latest, rows, gaps, restarts, to } = plot
  const has = (kind: 'no-report' | 'not-measured') => gaps.some((gap) => gap.kind === kind)
  const items: LegendItem[] = ['live', 'stale']
  if (rows.some((row) => row.unsplit !== null)) items.push('unsplit')
  if (has('not-measured')) items.push('unmeasured')
  if (has('no-report')) items.push('no-report')
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1 text-[12px] text-muted">
      <ChartLegend items={items} />
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {latest?.limit != null && (
          <li className="flex items-center gap-1.5">
            <Stroke look="stroke-danger" /> Limit {formatBytes(latest.limit)}
          </li>
        )}
        {latest?.sendsBlocked != null && (
          <li className="flex items-center gap-1.5">
            <Stroke look="stroke-danger" dash="5 4" /> Sends blocked from {formatBytes(latest.sendsBlocked)}
          </li>
        )}
        {restarts.length > 0 && (
          <li className="flex items-center gap-1.5">
            <Stroke look="stroke-ink" dash="2 3" /> Restarted{' '}
            {restarts.length <= 3
              ? restarts.map((at) => formatInstant(at, to, zone)).join(', ')
              : `${restarts.length} times`}
          </li>
        )}
      </ul>
    </div>
  )
}

function Stroke({ look, dash }: { look: string; dash?: string }) {
  return (
    <svg aria-hidden width="20" height="8">
      <line x1="0" x2="20" y1="4" y2="4" className={look} strokeWidth="1.8" strokeDasharray={dash} />
    </svg>
  )
}
