'use client'

import type { VmList } from '@slashzero/contract/page'
import Link from 'next/link'
import { formatCount } from '../../ui/words/format-count.ts'
import { routeWords } from '../../ui/words/status-words.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { describeVms } from './describe-vms.ts'
import type { VmView } from './read-vm-view.ts'
import { Statement } from '../../ui/display/statement.tsx'
import { useRouteCounts } from './use-route-counts.ts'

/** What the list says, and how many VMs it cannot speak of. */
export function VmsSentence({ view, list }: { view: VmView; list: VmList }) {
  const { hrefFor } = useUrlState()
  const counts = useRouteCounts(view.query)
  const { dark = 0, unknown = 0 } = view.route === 'missing' ? (counts ?? {}) : {}
  return (
    <Statement tone={toneOf(view.route, list.total, counts)} headline={describeVms(list, view)}>
      {sentences[view.route]}
      {dark > 0 && (
        <>
          {' '}
          Next:{' '}
          <Link
            href={hrefFor({ route: 'dark', sort: null, descending: null, page: null })}
            prefetch={false}
            className="text-link"
          >
            {formatCount(dark, 'VM')} whose ::/0 nothing can renew
          </Link>
          .
        </>
      )}
      {unknown > 0 && (
        <>
          {' '}
          <Link href={hrefFor({ route: 'unknown', page: null })} prefetch={false} className="text-link">
            {formatCount(unknown, 'VM')} could not be checked
          </Link>
          .
        </>
      )}
    </Statement>
  )
}

const sentences = {
  missing:
    'No ::/0, an expired one, or one that leads nowhere all count as missing: the VM reaches nothing beyond its own link over IPv6.',
  expiring: 'Those whose ::/0 runs out, and that no advertisement has renewed in time.',
  dark: 'Those that still have ::/0 while every sender that could advertise to them is blocked. The next to lose it comes first.',
  unknown: 'Not a failure and not a success: each row says why it could not be found out.',
  ok: 'Seen in the VM itself or proven by a route back.',
  all: 'Every VM that a collector has seen.',
} as const

/** An empty list reassures only where some VM was found to be well. */
function toneOf(route: VmView['route'], total: number, counts: ReturnType<typeof useRouteCounts>) {
  const { ok = 0, unknown = 0 } = counts ?? {}
  if (route === 'all') return 'plain'
  if (total > 0) return route === 'dark' ? 'warn' : routeWords[route].tone
  // That none is about to lose it says nothing of those that have lost it.
  if (ok > 0) return route === 'missing' ? 'ok' : 'plain'
  return unknown > 0 ? 'unknown' : 'plain'
}
