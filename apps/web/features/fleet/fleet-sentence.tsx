'use client'

import type { FleetSummary } from '@slashzero/contract/page'
import Link from 'next/link'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { describeFleet } from './describe-fleet.ts'
import { formatCount } from '../../ui/words/format-count.ts'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'

const MINUTE = 60_000

/** How many VMs are dark, the worst hypervisor, and the next hypervisor to fill up. */
export function FleetSentence({ summary }: { summary: FleetSummary }) {
  // The sentence is exact to the minute, so it does not change every second.
  const zone = useTimeZone()
  const now = useServerClock(useCallback((clock: number) => Math.floor(clock / MINUTE) * MINUTE, []))
  const { tone, headline, worst, dark, next, unknown } = describeFleet(
    summary,
    Math.max(now, Date.parse(summary.now)),
    zone,
  )
  const { hypervisors, vms } = summary.totals
  return (
    <Statement tone={tone} headline={headline}>
      {worst && (
        <span>
          Worst:{' '}
          <Link href={`/hypervisors/${worst.id}`} className="text-link">
            <InlineName>{worst.name}</InlineName>
          </Link>
          , {worst.text}
          {worst.why !== null && <>: {worst.why}</>}.{' '}
        </span>
      )}
      {dark !== null && (
        <span>
          <Link href="/vms?route=dark" className="text-link">
            {dark.charAt(0).toUpperCase() + dark.slice(1)}
          </Link>
          .{' '}
        </span>
      )}
      {next && (
        <span>
          Next:{' '}
          <Link href={`/hypervisors/${next.id}`} className="text-link">
            <InlineName>{next.name}</InlineName>
          </Link>
          , {next.text} at this rate.{' '}
        </span>
      )}
      {unknown !== null && (
        <span>
          <Link href="/vms?route=unknown" className="text-link">
            {unknown}
          </Link>
          .{' '}
        </span>
      )}
      <span>
        {formatCount(vms, 'VM')} on {formatCount(hypervisors, 'hypervisor')} in all.
      </span>
    </Statement>
  )
}
