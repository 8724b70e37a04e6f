import type { Fleet } from '@slashzero/contract/page'
import { CircleCheck, LoaderCircle } from 'lucide-react'
import Link from 'next/link'
import { Age } from '../../ui/display/age.tsx'
import { HypervisorBadge } from '../../ui/display/badge.tsx'
import { Name } from '../../ui/display/name.tsx'
import { formatCount } from '../../ui/words/format-count.ts'
import type { Enrolment } from './enrolment-form.tsx'

/** Waits for hypervisors that were unknown when the token was created, and names each after its first report. */
export function Arrivals({ fleet, enrolment: { known, createdAt, uses } }: { fleet: Fleet; enrolment: Enrolment }) {
  const arrived = fleet.hypervisors.filter(({ id, demo }) => !demo && !known.includes(id))
  const waiting = uses - arrived.length
  return (
    <div aria-live="polite" className="rounded-xl border border-line bg-panel">
      {arrived.length > 0 && (
        <ul>
          {arrived.map(({ id, name, status, lastSeenAt }) => (
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
        </ul>
      )}
      {waiting > 0 && (
        <p className="flex items-center gap-2.5 border-t border-line px-4 py-3 text-[13px] text-muted first:border-t-0">
          <LoaderCircle aria-hidden size={15} className="shrink-0 animate-spin" />
          <span>
            Waiting for the first report
            {arrived.length > 0 && ` of ${formatCount(waiting, 'more hypervisor', 'more hypervisors')}`},{' '}
            <Age at={createdAt} as="duration" /> so far. A report arrives within seconds of the collector’s start.
          </span>
        </p>
      )}
    </div>
  )
}
