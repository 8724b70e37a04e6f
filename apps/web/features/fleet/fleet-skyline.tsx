'use client'

import type { FleetRow } from '@slashzero/contract/page'
import Link from 'next/link'
import { useId, useMemo, useState, type PointerEvent } from 'react'
import { describeHeadroom } from '../headroom/describe-headroom.ts'
import { hypervisorWords } from '../../ui/words/status-words.ts'
import { ChartLegend } from '../../ui/display/chart-legend.tsx'
import { Panel } from '../../ui/display/panel.tsx'

const HEIGHT = 100
const MIN_ROWS = 8

/** More columns would be narrower than a pixel. */
const MAX_COLUMNS = 600

/**
 * One column for each hypervisor (for several in a large fleet), as high as its sender socket is full, fullest first.
 * The table below has the same figures, so the columns take no keyboard focus.
 */
export function FleetSkyline({ rows }: { rows: readonly FleetRow[] }) {
  const hatch = useId()
  const [pointed, setPointed] = useState<number | null>(null)
  const each = Math.ceil(rows.length / MAX_COLUMNS)
  const columns = useMemo(() => columnsOf(rows, each), [rows, each])
  if (rows.length < MIN_ROWS) return null

  const indexAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(
      columns.length - 1,
      Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * columns.length)),
    )
  }
  const current = pointed === null ? undefined : columns[pointed]
  const width = columns.length
  const gap = width > 400 ? 0 : 0.18

  return (
    <Panel
      title="How full each sender is"
      note={
        current
          ? `${current.row.name}: ${hypervisorWords[current.row.status].label.toLowerCase()}, ${current.headroom.text}`
          : `${each === 1 ? 'One column for each hypervisor' : `One column for each ${each} hypervisors, as high as the fullest of them`}, fullest first. The line is the limit of the sender’s socket.`
      }
      tools={<ChartLegend items={['live', 'stale', 'unmeasured']} />}
    >
      <div
        className="relative mx-4 mt-3 mb-4"
        onPointerMove={(event) => setPointed(indexAt(event))}
        onPointerLeave={() => setPointed(null)}
      >
        <svg
          role="img"
          aria-label={`Headroom of ${rows.length} hypervisors, fullest first. The table below has every figure.`}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-28 w-full border-t border-b border-t-danger border-b-line-strong"
        >
          <defs>
            <pattern id={hatch} width={width} height="4" patternUnits="userSpaceOnUse">
              <rect width={width} height="4" fill="var(--stale)" />
              <rect width={width} height="1.4" fill="var(--stale-gap)" />
            </pattern>
          </defs>
          {pointed !== null && <rect x={pointed} y={0} width={1} height={HEIGHT} fill="var(--raised)" />}
          {columns.map(({ row, headroom: { bar } }, index) => {
            const x = index + gap / 2
            const across = { x, width: 1 - gap }
            if (bar === null) {
              return (
                <rect key={row.id} {...across} y={HEIGHT - 100 * 0.06} height={HEIGHT * 0.06} fill="var(--control)" />
              )
            }
            const live = (bar.live + bar.unsplit) * HEIGHT
            const stale = bar.stale * HEIGHT
            return (
              <g key={row.id}>
                <rect
                  {...across}
                  y={HEIGHT - live}
                  height={live}
                  fill={bar.unsplit > 0 ? 'var(--unsplit)' : 'var(--live)'}
                />
                <rect {...across} y={HEIGHT - live - stale} height={stale} fill={`url(#${hatch})`} />
              </g>
            )
          })}
        </svg>
        {current && pointed !== null && (
          <Link
            href={`/hypervisors/${current.row.id}`}
            prefetch={false}
            tabIndex={-1}
            aria-label={current.row.name}
            className="absolute inset-y-0"
            style={{ left: `${(100 * pointed) / width}%`, width: `${100 / width}%` }}
          />
        )}
      </div>
    </Panel>
  )
}

function columnsOf(rows: readonly FleetRow[], each: number) {
  const used = (bar: ReturnType<typeof describeHeadroom>['bar']) =>
    bar === null ? -1 : bar.live + bar.stale + bar.unsplit
  return rows
    .map((row) => ({ row, headroom: describeHeadroom(row) }))
    .toSorted((one, other) => used(other.headroom.bar) - used(one.headroom.bar))
    .filter((_, index) => index % each === 0)
}
