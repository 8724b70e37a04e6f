'use client'

import type { HypervisorHead } from '@slashzero/contract/page'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { describeHypervisor, describeLate, describeSkew } from './describe-hypervisor.ts'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'
import { Trail } from '../../ui/display/trail.tsx'

const MINUTE = 60_000

/** The state of the hypervisor and its VMs in words. */
export function HypervisorSentence({ detail }: { detail: HypervisorHead }) {
  const zone = useTimeZone()
  const clock = useServerClock(useCallback((now: number) => Math.floor(now / MINUTE) * MINUTE, []))
  const { tone, headline, since, dark } = describeHypervisor(detail, Math.max(clock, Date.parse(detail.now)), zone)
  const skew = describeSkew(detail.clockSkewMilliseconds)
  const late = describeLate(detail, zone)
  return (
    <div>
      <Trail list={{ href: '/', name: 'Fleet' }} of={detail}>
        <HypervisorBadge status={detail.status} />
      </Trail>
      <Statement
        tone={tone}
        headline={
          <>
            <InlineName>{detail.name}</InlineName>: {headline}
          </>
        }
      >
        {since} {detail.statusReason.replace(/\.?$/, '.')}
        {dark !== null && (
          <span className="mt-1 block text-danger">{dark.charAt(0).toUpperCase() + dark.slice(1)}.</span>
        )}
        {late !== null && <span className="mt-1 block text-warn">{late}</span>}
        {skew !== null && <span className="mt-1 block text-warn">{skew}</span>}
      </Statement>
    </div>
  )
}
