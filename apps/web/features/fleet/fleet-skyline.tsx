'use client'

import type { FleetSkyline as SkylineData } from '@slashzero/contract/page'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useId, useMemo, useState, type PointerEvent } from 'react'
import { trpc } from '../../connection/trpc.ts'
import { formatNumber } from '../../ui/words/format-count.ts'
import { hypervisorWords } from '../../ui/words/status-words.ts'
import { ChartLegend } from '../../ui/display/chart-legend.tsx'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { PanelSkeleton } from '../../ui/display/skeleton.tsx'
import { drawSkyline } from './skyline-paths.ts'

const HEIGHT = 112
const MIN_HYPERVISORS = 8

/**
 * One column for each hypervisor (for several in a large fleet), as high as its sender socket is full, fullest first.
 * The table below has the same figures, so the columns take no keyboard focus.
 */
export function FleetSkyline() {
  const skyline = useQuery(trpc.fleet.skyline.queryOptions())
  if (skyline.data && skyline.data.hypervisors < MIN_HYPERVISORS) return null
  return (
    <Loaded
      query={skyline}
      failed="The picture of the senders could not be read."
      skeleton={<PanelSkeleton label="Reading the picture" className="h-52" />}
    >
      {(data) => <Picture data={data} />}
    </Loaded>
  )
}

function Picture({ data: { hypervisors, each, columns: data } }: { data: SkylineData }) {
  const hatch = useId()
  const [pointed, setPointed] = useState<number | null>(null)
  const { columns, paths } = useMemo(() => drawSkyline(data, HEIGHT), [data])
  const width = columns.length
  const current = pointed === null ? undefined : columns[pointed]
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    setPointed(Math.min(width - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width))))
  }

  return (
    <Panel
      title="How full each sender is"
      note={
        current
          ? `${current.hypervisor.name}: ${hypervisorWords[current.hypervisor.status].label.toLowerCase()}, ${current.text}`
          : `${each === 1 ? 'One column for each hypervisor' : `One column for each ${formatNumber(each)} hypervisors, as high as the fullest of them`}, fullest first. The line is the limit of the sender’s socket.`
      }
      tools={<ChartLegend items={['live', 'stale', 'unmeasured']} />}
    >
      <div className="relative mx-4 mt-3 mb-4" onPointerMove={point} onPointerLeave={() => setPointed(null)}>
        <svg
          role="img"
          aria-label={`Headroom of ${formatNumber(hypervisors)} hypervisors, fullest first. The table below has every figure.`}
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
          <path d={paths.live} fill="var(--live)" />
          <path d={paths.stale} fill={`url(#${hatch})`} />
          <path d={paths.unsplit} fill="var(--unsplit)" />
          <path d={paths.unmeasured} fill="var(--control)" />
        </svg>
        {current && pointed !== null && (
          <Link
            href={`/hypervisors/${current.hypervisor.id}`}
            prefetch={false}
            tabIndex={-1}
            aria-label={current.hypervisor.name}
            className="absolute inset-y-0"
            style={{ left: `${(100 * pointed) / width}%`, width: `${100 / width}%` }}
          />
        )}
      </div>
    </Panel>
  )
}
