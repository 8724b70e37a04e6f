import type { DashboardVm, RouteCheckMethod } from '@slashzero/contract'
import { Absent } from '../display/absent.tsx'
import { Age } from '../display/age.tsx'

type Check = DashboardVm['route']['checks'][number]

const methodNames: Record<RouteCheckMethod, string> = {
  'guest-agent': 'guest agent',
  'off-link-probe': 'off-link probe',
  pushed: 'pushed by the guest',
}

const findings: Record<Check['defaultRoute'], string> = {
  present: 'present',
  absent: 'absent',
  expired: 'expired',
  unknown: 'could not tell',
}

/** The latest check of each method; the one that the verdict follows comes first. */
export function RouteChecks({ route: { checks, method } }: Pick<DashboardVm, 'route'>) {
  if (checks.length === 0) return <Absent>not checked</Absent>
  const ordered = checks.toSorted((one, other) => Number(other.method === method) - Number(one.method === method))
  return (
    <ul className="flex flex-col gap-1">
      {ordered.map((check) => (
        <li key={check.method} title={check.reason ?? undefined}>
          {methodNames[check.method]}: <span className="font-medium">{findingOf(check)}</span>
          <p className="text-[12px] text-muted">
            <Age at={check.checkedAt} />
          </p>
          {check.method !== method && check.reason !== null && (
            <p className="line-clamp-2 max-w-60 text-[12px] whitespace-normal text-muted">{check.reason}</p>
          )}
        </li>
      ))}
    </ul>
  )
}

/** An off-link probe sees no table: it gets an answer or none. */
function findingOf({ method, defaultRoute }: Check): string {
  if (method !== 'off-link-probe') return findings[defaultRoute]
  return defaultRoute === 'present' ? 'an answer' : defaultRoute === 'absent' ? 'no answer' : findings[defaultRoute]
}
