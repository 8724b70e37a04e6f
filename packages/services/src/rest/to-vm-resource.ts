import { routeCheckMethod } from '@slashzero/contract/report'
import type { VmResource } from '@slashzero/contract/rest'
import type { VmRecord } from '@slashzero/db'
import { toIso, toIsoOrNull } from '../time.ts'

/** Turns a stored VM into the VM of pages and the API. */
export function toVmResource({ route, checks, hypervisor, ...vm }: VmRecord): VmResource {
  const { cause, countdown, ...verdict } = route
  return {
    ...vm,
    demo: hypervisor.demo,
    hypervisor,
    route: {
      ...verdict,
      since: toIso(route.since),
      checkedAt: toIsoOrNull(route.checkedAt),
      expiresAt: toIsoOrNull(route.expiresAt),
      checks: routeCheckMethod.options.flatMap((method) => checks.filter((one) => one.method === method).map(toCheck)),
    },
    cause,
    countdown: countdown && { ...countdown, endsAt: toIso(countdown.endsAt) },
  }
}

function toCheck(check: VmRecord['checks'][number]): VmResource['route']['checks'][number] {
  return { ...check, checkedAt: toIso(check.checkedAt), expiresAt: toIsoOrNull(check.expiresAt) }
}
