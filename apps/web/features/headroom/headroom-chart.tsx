'use client'

import { useId } from 'react'
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatTick } from '../../ui/words/format-instant.ts'
import { describePlot } from './describe-plot.ts'
import type { HeadroomPlot } from './plot-headroom.ts'
import { timeTicks } from './time-ticks.ts'
import { HeadroomTooltip } from './headroom-tooltip.tsx'

const axis = { stroke: 'var(--line-strong)', tick: { fill: 'var(--muted)', fontSize: 12 }, tickLine: false } as const
const series = { type: 'linear', stackId: 'used', isAnimationActive: false, dot: false, activeDot: false } as const
const line = { type: 'stepAfter', isAnimationActive: false, dot: false, activeDot: false } as const

/** A sender's option memory over time against its limit: live and stale memberships stacked, gaps visible. */
export function HeadroomChart({ plot, membershipBytes }: { plot: HeadroomPlot; membershipBytes: number | null }) {
  const stale = useId()
  const unmeasured = useId()
  const { from, to, rows, gaps, restarts } = plot
  const limit = plot.latest?.limit ?? rows.findLast((row) => row.limit !== null)?.limit ?? null
  const highestLimit = rows.reduce((highest, row) => Math.max(highest, row.limit ?? 0), 0)
  const top = Math.max(highestLimit, plot.highest ?? 0, 1) * 1.06
  const offsetMinutes = -new Date(to).getTimezoneOffset()

  return (
    <figure aria-label={describePlot(plot)} className="h-80 w-full min-w-0">
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 800, height: 320 }}>
        <ComposedChart data={[...rows]} margin={{ top: 8, right: 16, bottom: 0, left: 4 }} accessibilityLayer={false}>
          <defs>
            <pattern id={stale} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="6" height="6" fill="var(--stale-gap)" />
              <rect width="2" height="6" fill="var(--stale)" fillOpacity="0.75" />
            </pattern>
            <pattern id={unmeasured} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
              <rect width="1" height="7" fill="var(--control)" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            {...axis}
            dataKey="at"
            type="number"
            scale="time"
            domain={[from, to]}
            allowDataOverflow
            ticks={timeTicks(from, to, 8, offsetMinutes)}
            tickFormatter={(at: number) => formatTick(at, to - from)}
            tickMargin={8}
            minTickGap={24}
          />
          <YAxis
            {...axis}
            axisLine={false}
            width={76}
            domain={[0, top]}
            allowDataOverflow
            {...(limit !== null &&
              limit > 0 && { ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * limit)) })}
            tickFormatter={(bytes: number) => formatBytes(bytes)}
          />
          {gaps.map((gap) => (
            <ReferenceArea
              key={`${gap.kind}${gap.from}`}
              x1={gap.from}
              x2={gap.to}
              fill={gap.kind === 'not-measured' ? `url(#${unmeasured})` : 'var(--raised)'}
              fillOpacity={1}
              ifOverflow="hidden"
            />
          ))}
          <Area {...series} dataKey="live" fill="var(--live)" fillOpacity={0.85} stroke="var(--live)" strokeWidth={1} />
          <Area
            {...series}
            dataKey="stale"
            fill={`url(#${stale})`}
            fillOpacity={1}
            stroke="var(--stale)"
            strokeWidth={1}
          />
          <Area
            {...series}
            dataKey="unsplit"
            fill="var(--unsplit)"
            fillOpacity={0.7}
            stroke="var(--unsplit)"
            strokeWidth={1}
          />
          {restarts.map((at) => (
            <ReferenceLine key={at} x={at} stroke="var(--ink)" strokeDasharray="2 3" ifOverflow="hidden" />
          ))}
          <Line {...line} dataKey="sendsBlocked" stroke="var(--danger)" strokeWidth={1.5} strokeDasharray="5 4" />
          <Line {...line} dataKey="limit" stroke="var(--danger)" strokeWidth={1.5} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--muted)', strokeWidth: 1 }}
            content={<HeadroomTooltip membershipBytes={membershipBytes} />}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  )
}
