import { routeCheckMethod } from '@slashzero/contract/report'
import type { VmResource } from '@slashzero/contract/rest'
import type { VmRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** Turns a VM into its REST resource, without fields outside the schema. */
export function toVmResource({ route, checks, ...vm }: VmRecord): VmResource {
  const { cause: _cause, countdown: _countdown, ...verdict } = route
  return {
    ...vm,
    route: {
      ...verdict,
      since: toIso(route.since),
      checkedAt: toIsoOrNull(route.checkedAt),
      expiresAt: toIsoOrNull(route.expiresAt),
      checks: routeCheckMethod.options.flatMap((method) => checks.filter((one) => one.method === method).map(toCheck)),
    },
  }
}

function toCheck(check: VmRecord['checks'][number]): VmResource['route']['checks'][number] {
  return { ...check, checkedAt: toIso(check.checkedAt), expiresAt: toIsoOrNull(check.expiresAt) }
}
