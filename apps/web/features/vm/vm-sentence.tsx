import type { RouteStatus } from '@slashzero/contract/rest'
import type { DashboardVm } from '@slashzero/contract/page'
import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { routeWords } from '../../ui/words/status-words.ts'
import { DemoTag } from '../../ui/display/demo-tag.tsx'
import { Age } from '../../ui/display/age.tsx'
import { RouteBadge } from '../../ui/display/badge.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Statement } from '../../ui/display/statement.tsx'

const headlines: Record<RouteStatus, string> = {
  missing: 'has no ::/0',
  expiring: 'will lose ::/0 unless it is renewed',
  unknown: 'could not be checked for ::/0',
  ok: 'has ::/0',
}

/** Whether the VM has ::/0, before anything else. */
export function VmSentence({ vm: { name, demo, route, cause } }: { vm: DashboardVm }) {
  const why = [cause, route.reason].filter((text, index, all) => text !== null && all.indexOf(text) === index)
  return (
    <div>
      <nav aria-label="Where this page is" className="mb-4 flex flex-wrap items-center gap-1.5 text-[13px] text-muted">
        <Link href="/vms" className="hover:text-ink hover:underline">
          VMs
        </Link>
        <ChevronRight aria-hidden size={13} />
        <span className="text-ink">
          <InlineName>{name}</InlineName>
        </span>
        <RouteBadge status={route.status} />
        {demo && <DemoTag />}
      </nav>
      <Statement
        tone={routeWords[route.status].tone}
        headline={
          <>
            <InlineName>{name}</InlineName> {headlines[route.status]}.
          </>
        }
      >
        For <Age at={route.since} as="duration" />. {why.map((text) => text?.replace(/\.?$/, '.')).join(' ')}
      </Statement>
    </div>
  )
}
