import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract'
import { toServerClock } from '../hypervisor/read-clock.ts'
import type { RouteCheckState, TapState, VmMemory, VmState } from '../state.ts'

/** A VM before its route is judged. `previous` is what was stored of it. */
export type FollowedVm = Omit<VmState, 'route'> & { readonly previous: VmState | null }

export type VmsInput = {
  readonly report: Report
  readonly taps: readonly TapState[]
  readonly previous: readonly VmState[]
  readonly rebooted: boolean
  /** When the hypervisor was observed before; null where never. */
  readonly lastObservedAt: number | null
  readonly vmKeyOf: (vm: { readonly name: string; readonly uuid: string | null }) => string
  /** When the report was observed, and when it arrived; server clock. */
  readonly at: number
  readonly receivedAt: number
  /** Host clock minus server clock. */
  readonly clockSkew: number
}

/** A VM that no report has named for so long is forgotten; until then it may be a failed look at the processes. */
const FORGET_AFTER = 600_000
/** Measured lifetimes are whole seconds and the skew of each report differs a little: what is renewed ends later by more. */
const RENEWAL = 5000
/** RFC 4861, 4.2 has no infinite router lifetime, but a guest shows 0xffffffff for a route that does not end. */
const ENDLESS = 0xffff_ffff

/** The VMs that a report names by a tap or a check, and those it does not name but that were seen lately, with their latest checks. */
export function followVms(input: VmsInput): FollowedVm[] {
  const { report, taps, previous, vmKeyOf, at } = input
  const known = new Map(previous.map((vm) => [vm.key, vm]))
  const seen = new Map<string, Seen>()
  const see = (identity: { readonly name: string; readonly uuid: string | null }) => {
    const key = vmKeyOf(identity)
    const entry = seen.get(key) ?? { name: identity.name, uuid: identity.uuid, pid: null, checks: [] }
    seen.set(key, entry)
    return entry
  }
  for (const tap of report.namespaces.flatMap((namespace) => namespace.taps)) {
    if (tap.vm) noteProcess(see(tap.vm), tap.vm)
  }
  for (const check of report.routeChecks) see(check.vm).checks.push(check)

  const tapKeys = Map.groupBy(taps, (tap) => tap.vmKey)
  const keysOf = (vmKey: string) => (tapKeys.get(vmKey) ?? []).map((tap) => tap.key)
  const unseen = previous
    .filter((vm) => !seen.has(vm.key) && (input.rebooted || at - (vm.memory.missedSince ?? at) < FORGET_AFTER))
    .map((vm) => missVm(vm, input))
  return [
    ...[...seen].map(([key, entry]) => followVm(key, entry, known.get(key) ?? null, keysOf(key), input)),
    ...unseen,
  ]
}

type Seen = { name: string; uuid: string | null; pid: number | null; checks: RouteCheckReport[] }

function noteProcess(entry: Seen, vm: NonNullable<TapReport['vm']>): void {
  entry.pid ??= vm.pid
  entry.uuid ??= vm.uuid
  entry.name = vm.name
}

/** A VM that the report does not name. After a reboot only its identity is left. */
function missVm(vm: VmState, { rebooted, lastObservedAt, at }: VmsInput): FollowedVm {
  const { key, name, uuid, checks } = vm
  if (rebooted) {
    const memory = { missedSince: at, pid: null, startedAt: at, lifetimes: {} }
    return { key, name, uuid, tapKeys: [], checks: [], memory, previous: vm }
  }
  const memory = vm.memory.missedSince === null ? { ...vm.memory, missedSince: lastObservedAt ?? at } : vm.memory
  return { key, name, uuid, tapKeys: [], checks, memory, previous: vm }
}

function followVm(key: string, seen: Seen, previous: VmState | null, tapKeys: string[], input: VmsInput): FollowedVm {
  const { at, rebooted, lastObservedAt } = input
  const was = previous?.memory
  const restarted = rebooted || (was !== undefined && was.pid !== null && seen.pid !== null && was.pid !== seen.pid)
  const known = previous && !restarted ? previous : null
  const startedAt = known ? known.memory.startedAt : lastObservedAt === null ? null : at
  const arrived = seen.checks.map((check) => readCheck(check, input))
  const fresh = restarted ? arrived.filter((check) => check.checkedAt > (lastObservedAt ?? 0)) : arrived
  const { checks, lifetimes } = mergeChecks(known, fresh)
  const pid = seen.pid ?? known?.memory.pid ?? null
  const kept = known?.memory.missedSince === null && known.memory.pid === pid && known.memory.lifetimes === lifetimes
  const memory = kept ? known.memory : { missedSince: null, pid, startedAt, lifetimes }
  return { key, name: seen.name, uuid: seen.uuid ?? previous?.uuid ?? null, tapKeys, checks, memory, previous }
}

function readCheck(check: RouteCheckReport, input: VmsInput): RouteCheckState {
  const checkedAt = toServerClock(check.checkedAt, input)
  const seconds = check.expiresInSeconds
  const present = check.defaultRoute === 'present'
  const ended = present && seconds !== null && seconds <= 0
  return {
    method: check.method,
    checkedAt,
    defaultRoute: ended ? 'expired' : check.defaultRoute,
    reason: check.reason,
    gateway: check.gateway,
    expiresAt: !present || ended || seconds === null || seconds >= ENDLESS ? null : checkedAt + seconds * 1000,
  }
}

type Checked = Pick<VmState, 'checks'> & Pick<VmMemory, 'lifetimes'>

/** Keeps the latest check of each method, and the lifetime that a route had when it was last renewed. */
function mergeChecks(known: VmState | null, arrived: readonly RouteCheckState[]): Checked {
  let checks: Checked['checks'] = known?.checks ?? []
  const before = known?.memory.lifetimes ?? {}
  const lifetimes = { ...before }
  for (const check of arrived) {
    const last = checks.find(({ method }) => method === check.method)
    if (last && (last.checkedAt > check.checkedAt || isSame(last, check))) continue
    const lifetime = readLifetime(last, check, lifetimes[check.method])
    if (lifetime !== undefined) lifetimes[check.method] = lifetime
    checks = [...checks.filter((other) => other !== last), check]
  }
  const same = arrived.every(({ method }) => lifetimes[method] === before[method])
  return { checks, lifetimes: same ? before : lifetimes }
}

/** In seconds: what is left just after a renewal; what was known before it where this is none. */
function readLifetime(before: RouteCheckState | undefined, check: RouteCheckState, known: number | undefined): number | undefined {
  if (check.expiresAt === null) return known
  const remaining = Math.round((check.expiresAt - check.checkedAt) / 1000)
  if (before === undefined || before.defaultRoute === 'unknown') return Math.max(remaining, known ?? 0)
  return before.expiresAt === null || check.expiresAt > before.expiresAt + RENEWAL ? remaining : known
}

function isSame(a: RouteCheckState, b: RouteCheckState): boolean {
  return (
    a.checkedAt === b.checkedAt &&
    a.defaultRoute === b.defaultRoute &&
    a.reason === b.reason &&
    a.gateway === b.gateway &&
    a.expiresAt === b.expiresAt
  )
}
