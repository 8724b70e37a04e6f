import { routeCheckMethod } from '@slashzero/contract/report'
import type { VmResource } from '@slashzero/contract/rest'
import type { VmRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** A VM as the REST API answers it, which leaves out what its schema does not name. */
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
