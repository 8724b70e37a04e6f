import type { VmResource } from '@slashzero/contract/rest'
import { findingOf, methodNames } from './describe-check.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'

/** The latest check of each method; the check that decides the status comes first. */
export function RouteChecks({ route: { checks, method } }: Pick<VmResource, 'route'>) {
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
