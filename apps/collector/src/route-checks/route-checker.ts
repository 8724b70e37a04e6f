import { toReason } from '@slashzero/contract/report'
import type { ProbeRun, RouteCheckReport } from '@slashzero/contract/report'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'
import type { Vm } from '../probes/process/identify-vms.ts'

/** The findings of a pass before the route checks. */
type Found = {
  readonly vms: readonly Vm[]
  readonly surveys: readonly Survey[]
  readonly ownerOf: ReadonlyMap<Tap, Vm>
}

type Checked = { routeChecks: RouteCheckReport[]; run: ProbeRun }

/** One way to learn whether VMs have their default route. */
export type RouteChecker = {
  /** Never rejects. When `patience` is aborted, `check` stops waiting and reports the last known states. */
  readonly check: (found: Found, patience?: AbortSignal) => Promise<Checked>
  readonly close: () => void
}

type Route = {
  readonly state: RouteCheckReport['defaultRoute']
  readonly reason: string | null
  readonly gateway?: string | null
  readonly expiresInSeconds?: number | null
}

/** The report of one check; `checkedAt` is in milliseconds since the epoch. */
export function toRouteCheck(
  { name, uuid }: Pick<Vm, 'name' | 'uuid'>,
  method: RouteCheckReport['method'],
  { state, reason, gateway = null, expiresInSeconds = null }: Route,
  checkedAt: number,
): RouteCheckReport {
  return {
    vm: { name, uuid },
    method,
    checkedAt: new Date(checkedAt).toISOString(),
    defaultRoute: state,
    reason: reason === null ? null : toReason(reason),
    gateway,
    expiresInSeconds,
  }
}
