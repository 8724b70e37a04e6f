import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { findByKey } from '../find-by-key.ts'
import { toServerClock } from '../report/read-clock.ts'
import type { RouteCheckState, TapState, VmState } from '../state.ts'
import { mergeChecks, readCheck } from './merge-checks.ts'

/** A VM before its route is judged. `previous` is its stored state. */
export type FollowedVm = Omit<VmState, 'route'> & { readonly previous: VmState | null }

export type VmsInput = {
  readonly report: Report
  readonly taps: readonly TapState[]
  readonly previous: readonly VmState[]
  readonly rebooted: boolean
  /** When the hypervisor was last observed; null if never. */
  readonly lastObservedAt: number | null
  readonly vmKeyOf: (vm: { readonly name: string; readonly uuid: string | null }) => string
  /** When the report was observed and when it arrived, on the server's clock. */
  readonly at: number
  readonly receivedAt: number
  /** Host clock minus server clock. */
  readonly clockSkew: number
}

/** A VM that no report names for ten minutes is forgotten. A shorter absence may be a failed look at the processes. */
const FORGET_AFTER = 600_000
/** More than a report can name: a host whose reports name other VMs each time is not remembered without bound. */
const MAX_VMS = 12_000

/** The VMs that a report names by a tap or a check, and the VMs seen recently, with their latest checks. */
export function followVms(input: VmsInput): FollowedVm[] {
  const { report, taps, previous, vmKeyOf, at } = input
  const seen = createSeen(previous)
  for (const namespace of report.namespaces) {
    for (const { vm } of namespace.taps) if (vm) noteProcess(seen.see(vmKeyOf(vm), vm), vm)
  }
  for (const check of report.routeChecks) {
    const entry = seen.see(vmKeyOf(check.vm), check.vm)
    entry.checks = add(entry.checks, check)
  }
  for (const { key, vmKey } of taps) {
    const entry = vmKey === null ? undefined : seen.find(vmKey)
    if (entry !== undefined) entry.tapKeys = add(entry.tapKeys, key)
  }

  const followed: FollowedVm[] = []
  for (const entry of seen.inOrder) followed.push(followVm(entry, input))
  // The VMs of the latest reports stand first.
  previous.forEach((vm, place) => {
    if (followed.length >= MAX_VMS || seen.isKnown(place)) return
    if (input.rebooted || at - (vm.memory.missedSince ?? at) < FORGET_AFTER) followed.push(missVm(vm, input))
  })
  return followed
}

/** A VM as a report names it. `previous` is its stored state. */
type Seen = {
  readonly key: string
  readonly previous: VmState | null
  name: string
  uuid: string | null
  pid: number | null
  tapKeys: string[]
  checks: RouteCheckReport[]
}

/** The VMs that a report names, in the order named. A known VM is found by its place in the stored state. */
function createSeen(previous: readonly VmState[]) {
  const inOrder: Seen[] = []
  const known: (Seen | undefined)[] = []
  const strangers = new Map<string, Seen>()
  const placeOf = findByKey(previous)
  return {
    inOrder,
    isKnown: (place: number) => known[place] !== undefined,
    find(key: string): Seen | undefined {
      const place = placeOf(key)
      return place === -1 ? strangers.get(key) : known[place]
    },
    see(key: string, { name, uuid }: Pick<VmState, 'name' | 'uuid'>): Seen {
      const place = placeOf(key)
      const entry = place === -1 ? strangers.get(key) : known[place]
      if (entry !== undefined) return entry
      const first: Seen = { key, previous: previous[place] ?? null, name, uuid, pid: null, tapKeys: NONE, checks: NONE }
      if (place === -1) strangers.set(key, first)
      else known[place] = first
      inOrder.push(first)
      return first
    },
  }
}

/** Nearly every VM has one tap and one check: a list of one takes a quarter of the memory of a list that grew. */
const NONE: never[] = []

function add<Item>(items: Item[], item: Item): Item[] {
  if (items.length === 0) return [item]
  items.push(item)
  return items
}

function noteProcess(entry: Seen, vm: NonNullable<TapReport['vm']>): void {
  entry.pid ??= vm.pid
  entry.uuid ??= vm.uuid
  entry.name = vm.name
}

/** A VM that the report does not name. After a reboot it keeps only its identity. */
function missVm(vm: VmState, { rebooted, lastObservedAt, at }: VmsInput): FollowedVm {
  const { key, name, uuid, checks } = vm
  if (rebooted) {
    const memory = { missedSince: at, pid: null, startedAt: at, lifetimes: {} }
    return { key, name, uuid, tapKeys: [], checks: [], memory, previous: vm }
  }
  const memory = vm.memory.missedSince === null ? { ...vm.memory, missedSince: lastObservedAt ?? at } : vm.memory
  return { key, name, uuid, tapKeys: [], checks, memory, previous: vm }
}

function followVm(seen: Seen, input: VmsInput): FollowedVm {
  const { key, previous } = seen
  const { at, rebooted, lastObservedAt } = input
  const before = previous?.memory.pid ?? null
  const restarted = rebooted || (before !== null && seen.pid !== null && before !== seen.pid)
  const known = previous && !restarted ? previous : null
  const startedAt = known ? known.memory.startedAt : lastObservedAt === null ? null : at
  let arrived: RouteCheckState[] = NONE
  for (const check of seen.checks) {
    const read = readCheck(check, toServerClock(check.checkedAt, input))
    if (!restarted || read.checkedAt > (lastObservedAt ?? 0)) arrived = add(arrived, read)
  }
  const { checks, lifetimes, present } = mergeChecks(known, arrived)
  const pid = seen.pid ?? known?.memory.pid ?? null
  const was = known?.memory
  const kept =
    was?.missedSince === null && was.pid === pid && was.lifetimes === lifetimes && (was.present ?? null) === present
  const memory = kept ? was : { missedSince: null, pid, startedAt, lifetimes, present }
  const { name, uuid } = seen
  const tapKeys = previous && isSameList(previous.tapKeys, seen.tapKeys) ? previous.tapKeys : seen.tapKeys
  return { key, name, uuid: uuid ?? previous?.uuid ?? null, tapKeys, checks, memory, previous }
}

function isSameList(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((key, index) => key === after[index])
}
