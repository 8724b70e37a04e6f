'use client'

import { useId, useMemo, useState, type PointerEvent } from 'react'
import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatTick } from '../../ui/words/format-instant.ts'
import { describePlot } from './describe-plot.ts'
import { drawHeadroom, HEIGHT, rowNear, WIDTH } from './draw-headroom.ts'
import { HeadroomTooltip } from './headroom-tooltip.tsx'
import type { HeadroomPlot } from './plot-headroom.ts'
import { offsetMinutesOf, timeTicks } from './time-ticks.ts'

const MAX_TICKS = 8
const thin = { fill: 'none', vectorEffect: 'non-scaling-stroke' } as const

/** A sender's option memory over time against its limit: live and stale memberships stacked, gaps visible. */
export function HeadroomChart({ plot, membershipBytes }: { plot: HeadroomPlot; membershipBytes: number | null }) {
  const zone = useTimeZone()
  const drawing = useMemo(() => drawHeadroom(plot), [plot])
  const [pointed, setPointed] = useState<number | null>(null)
  const { from, to, rows } = plot
  const shareOf = (at: number) => (at - from) / (to - from)
  const row = pointed === null ? null : rowNear(rows, from + pointed * (to - from))
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setPointed(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)))
  }
  return (
    <figure aria-label={describePlot(plot)} className="h-80 w-full min-w-0 pt-2 pr-4 pb-7 pl-20 text-[12px] text-muted">
      <div className="relative h-full touch-pan-y" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
        <Picture drawing={drawing} />
        {drawing.marks.map(({ bytes, place }) => (
          <span
            key={bytes}
            aria-hidden
            className="absolute right-full -translate-y-1/2 pr-2 whitespace-nowrap"
            style={{ top: percent(place) }}
          >
            {formatBytes(bytes)}
          </span>
        ))}
        {timeTicks(from, to, MAX_TICKS, offsetMinutesOf(to, zone)).map((at) => (
          <span
            key={at}
            aria-hidden
            className="absolute top-full -translate-x-1/2 pt-1.5 whitespace-nowrap max-sm:even:hidden"
            style={{ left: percent(shareOf(at)) }}
          >
            {formatTick(at, to - from, zone)}
          </span>
        ))}
        {row !== null && (
          <>
            <div className="absolute inset-y-0 w-px bg-muted" style={{ left: percent(shareOf(row.at)) }} />
            <div
              className={`pointer-events-none absolute top-2 z-10 ${shareOf(row.at) < 0.5 ? 'ml-3' : '-translate-x-full -ml-3'}`}
              style={{ left: percent(shareOf(row.at)) }}
            >
              <HeadroomTooltip row={row} membershipBytes={membershipBytes} zone={zone} />
            </div>
          </>
        )}
      </div>
    </figure>
  )
}

function Picture({ drawing: { areas, lines, gaps, restarts, marks } }: { drawing: ReturnType<typeof drawHeadroom> }) {
  const [stale, unmeasured] = [useId(), useId()]
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="absolute inset-0 size-full overflow-hidden border-b border-line-strong"
    >
      <defs>
        <pattern id={stale} width={WIDTH} height="5" patternUnits="userSpaceOnUse">
          <rect width={WIDTH} height="5" fill="var(--stale-gap)" />
          <rect width={WIDTH} height="1.7" fill="var(--stale)" fillOpacity="0.8" />
        </pattern>
        <pattern id={unmeasured} width={WIDTH} height="7" patternUnits="userSpaceOnUse">
          <rect width={WIDTH} height="1" fill="var(--control)" />
        </pattern>
      </defs>
      {marks.map(({ bytes, place }) => (
        <path key={bytes} {...thin} d={`M0 ${place * HEIGHT}H${WIDTH}`} stroke="var(--line)" />
      ))}
      {gaps.map(({ kind, x, width }) => (
        <rect
          key={`${kind}${x}`}
          x={x}
          width={width}
          height={HEIGHT}
          fill={kind === 'not-measured' ? `url(#${unmeasured})` : 'var(--raised)'}
        />
      ))}
      <path d={areas.live} fill="var(--live)" fillOpacity="0.85" />
      <path d={areas.stale} fill={`url(#${stale})`} />
      <path d={areas.unsplit} fill="var(--unsplit)" fillOpacity="0.7" />
      {restarts.map((x) => (
        <path key={x} {...thin} d={`M${x} 0V${HEIGHT}`} stroke="var(--ink)" strokeDasharray="2 3" />
      ))}
      <path {...thin} d={lines.sendsBlocked} stroke="var(--danger)" strokeWidth="1.5" strokeDasharray="5 4" />
      <path {...thin} d={lines.limit} stroke="var(--danger)" strokeWidth="1.5" />
    </svg>
  )
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`
}
