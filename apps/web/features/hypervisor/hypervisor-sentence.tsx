'use client'

import type { HypervisorDetail } from '@slashzero/contract/page'
import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { describeHypervisor, describeLate, describeSkew } from './describe-hypervisor.ts'
import { DemoTag } from '../../ui/display/demo-tag.tsx'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'

const MINUTE = 60_000

/** How the hypervisor and its VMs are, before any picture. */
export function HypervisorSentence({ detail }: { detail: HypervisorDetail }) {
  const clock = useServerClock(useCallback((now: number) => Math.floor(now / MINUTE) * MINUTE, []))
  const { tone, headline, since, dark } = describeHypervisor(detail, Math.max(clock, Date.parse(detail.now)))
  const skew = describeSkew(detail.clockSkewMilliseconds)
  const late = describeLate(detail)
  return (
    <div>
      <nav aria-label="Where this page is" className="mb-4 flex flex-wrap items-center gap-1.5 text-[13px] text-muted">
        <Link href="/" className="hover:text-ink hover:underline">
          Fleet
        </Link>
        <ChevronRight aria-hidden size={13} />
        <span className="text-ink">
          <InlineName>{detail.name}</InlineName>
        </span>
        <HypervisorBadge status={detail.status} />
        {detail.demo && <DemoTag />}
      </nav>
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
