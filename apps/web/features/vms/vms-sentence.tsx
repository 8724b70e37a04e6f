'use client'

import type { VmTally } from '@slashzero/contract/page'
import Link from 'next/link'
import { formatCapped, formatCount } from '../../ui/words/format-count.ts'
import { routeWords } from '../../ui/words/status-words.ts'
import { useUrlState } from '../../ui/view/use-url-state.ts'
import { countsOf, describeVms } from './describe-vms.ts'
import type { VmView } from './read-vm-view.ts'
import { Statement } from '../../ui/display/statement.tsx'

/** The answer of the list, and how many VMs could not be checked. */
export function VmsSentence({ view, tally }: { view: VmView; tally: VmTally }) {
  const { hrefFor } = useUrlState()
  const counts = countsOf(tally)
  const { dark, unknown } = view.route === 'missing' ? counts : { dark: 0, unknown: 0 }
  return (
    <Statement tone={toneOf(view.route, counts)} headline={describeVms(tally, view)}>
      {sentences[view.route]}
      {dark > 0 && (
        <>
          {' '}
          Next:{' '}
          <Link
            href={hrefFor({ route: 'dark', sort: null, descending: null, cursor: null })}
            prefetch={false}
            className="text-link"
          >
            {vmsOf(dark, tally)} whose ::/0 nothing can renew
          </Link>
          .
        </>
      )}
      {unknown > 0 && (
        <>
          {' '}
          <Link href={hrefFor({ route: 'unknown', cursor: null })} prefetch={false} className="text-link">
            {vmsOf(unknown, tally)} could not be checked
          </Link>
          .
        </>
      )}
    </Statement>
  )
}

const sentences = {
  missing: 'Missing means: no usable ::/0, so the VM reaches nothing beyond its own link over IPv6.',
  expiring: 'Expiring means: the ::/0 ends soon, and no advertisement renewed it in time.',
  dark: 'Going dark means: the VM still has ::/0, but every sender that could renew it is blocked. The next VM to lose ::/0 comes first.',
  unknown: 'Unknown is neither failure nor success. Each row says why the check gave no result.',
  ok: 'Seen in the VM itself, or proven by an answer to an off-link probe.',
  all: 'Every VM that a collector has seen.',
} as const

/** An empty list reassures only if some VM is known to have ::/0. */
function toneOf(route: VmView['route'], counts: ReturnType<typeof countsOf>) {
  if (route === 'all') return 'plain'
  if (counts[route] > 0) return route === 'dark' ? 'warn' : routeWords[route].tone
  // An empty list of expiring VMs says nothing about VMs that have lost ::/0.
  if (counts.ok > 0) return route === 'missing' ? 'ok' : 'plain'
  return counts.unknown > 0 ? 'unknown' : 'plain'
}

function vmsOf(count: number, { max }: VmTally): string {
  return max !== null && count >= max ? `${formatCapped(count, max)} VMs` : formatCount(count, 'VM')
}
