import type { Arrivals as ArrivalList } from '@slashzero/contract/page'
import { CircleCheck, LoaderCircle } from 'lucide-react'
import Link from 'next/link'
import { Age } from '../../ui/display/age.tsx'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { Name } from '../../ui/display/name.tsx'
import { formatCount } from '../../ui/words/format-count.ts'
import type { Enrolment } from './enrolment-form.tsx'

/** Waits for hypervisors that enrol after the token was created, and names each after its first report. */
export function Arrivals({
  arrivals: { items, total },
  enrolment: { createdAt, uses },
}: {
  arrivals: ArrivalList
  enrolment: Enrolment
}) {
  const waiting = uses - total
  return (
    <div aria-live="polite" className="rounded-xl border border-line bg-panel">
      {items.length > 0 && (
        <ul>
          {items.map(({ id, name, status, lastSeenAt }) => (
            <li
              key={id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-3 last:border-b-0"
            >
              <CircleCheck aria-hidden size={16} className="shrink-0 text-ok" />
              <Link href={`/hypervisors/${id}`} className="min-w-0 font-medium hover:underline">
                <Name>{name}</Name>
              </Link>
              {lastSeenAt === null ? (
                <span className="text-muted">enrolled, waiting for the first report</span>
              ) : (
                <>
                  <HypervisorBadge status={status} />
                  <span className="text-[13px] text-muted">
                    reported <Age at={lastSeenAt} />
                  </span>
                </>
              )}
            </li>
          ))}
          {total > items.length && (
            <li className="border-b border-line px-4 py-3 text-[13px] text-muted last:border-b-0">
              {formatCount(total - items.length, 'more hypervisor')} arrived before.
            </li>
          )}
        </ul>
      )}
      {waiting > 0 && (
        <p className="flex items-center gap-2.5 border-t border-line px-4 py-3 text-[13px] text-muted first:border-t-0">
          <LoaderCircle aria-hidden size={15} className="shrink-0 animate-spin" />
          <span>
            Waiting for the first report
            {total > 0 && ` of ${formatCount(waiting, 'more hypervisor', 'more hypervisors')}`},{' '}
            <Age at={createdAt} as="duration" /> so far. A report arrives within seconds of the collector’s start.
          </span>
        </p>
      )}
    </div>
  )
}
