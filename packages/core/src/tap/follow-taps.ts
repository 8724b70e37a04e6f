import type { NamespaceReport, TapReport } from '@slashzero/contract/report'
import type { Senderless, SocketState, TapState } from '../state.ts'
import type { Clock } from './follow-advertisements.ts'
import { followTap, keepServed } from './follow-tap.ts'
import { readPlace } from './read-place.ts'
import { isSameSetting, isSteady, readSetting, recallSteady, rememberSteady, type Setting } from './steady-taps.ts'

export type TapsInput = {
  readonly namespaces: readonly NamespaceReport[]
  readonly sockets: readonly SocketState[]
  /** The taps known in this boot. */
  readonly previous: readonly TapState[]
  /** Namespaces whose interfaces could not be read, by id, and why. */
  readonly unread: ReadonlyMap<number, string>
  /** Whether the hypervisor never reported before. */
  readonly first: boolean
  /** Why some senders may be hidden; null if all could be read. */
  readonly sendersUnreadable: string | null
  readonly vmKeyOf: (vm: NonNullable<TapReport['vm']>) => string
  /** The gateway of a VM by its key; null if unknown, or if its route has gone. */
  readonly gatewayOf: (vmKey: string) => string | null
  readonly senderless: readonly Senderless[]
  readonly at: number
  /** When the hypervisor was last observed; null if never. */
  readonly lastObservedAt: number | null
  readonly clock: Clock
}

/** The taps of a report with their verdicts. Returns `previous` itself if no tap changed. */
export function followTaps(input: TapsInput): readonly TapState[] {
  const { namespaces, sockets, previous, unread, vmKeyOf, gatewayOf, at, clock, first, lastObservedAt } = input
  const gone = new Map(input.senderless.map((place) => [place.namespaceId, place]))
  const socketsOf = Map.groupBy(sockets, ({ namespaceId }) => namespaceId)
  const findKnown = createFinder(previous)
  const steady = recallSteady(previous)
  const span = { judgedAt: steady?.at ?? at, at, clock }
  const judged = createList()
  let setting: Setting | null = null
  for (const namespace of namespaces) {
    const { id } = namespace
    const place = readPlace(namespace, socketsOf.get(id) ?? [], input.sendersUnreadable, gone.get(id) ?? null)
    for (const tap of namespace.taps) {
      const vmKey = tap.vm && vmKeyOf(tap.vm)
      setting = readSetting(place, tap, vmKey, gatewayOf, setting)
      const index = findKnown(id, tap.ifindex)
      const before = previous[index]
      const judgedIn = steady?.settings[index] ?? null
      if (before && judgedIn && isSameSetting(judgedIn, setting) && isSteady(before, tap, vmKey, place, span)) {
        judged.put(before, judgedIn, index)
        continue
      }
      const key = before?.key ?? `${id}:${tap.ifindex}`
      const around = { tap, key, vmKey, place, clock, at, gatewayOf, first, lastObservedAt }
      const next = followTap(before, around)
      judged.put(next, next === before ? setting : null, index)
    }
  }
  if (unread.size > 0) {
    for (const tap of previous) {
      const why = unread.get(tap.namespaceId)
      if (why !== undefined && !judged.has(tap.key)) judged.put(keepUnread(tap, why, at, lastObservedAt), null, -1)
    }
  }
  const taps = isSameList(previous, judged.taps) ? previous : judged.taps
  rememberSteady(taps, { at, settings: judged.settings })
  return taps
}

/** Finds a known tap; -1 if unknown. Most reports name the taps in the order of the last report. */
function createFinder(taps: readonly TapState[]): (namespaceId: number, ifindex: number) => number {
  let expected = 0
  let places: ReadonlyMap<string, number> | null = null
  return (namespaceId, ifindex) => {
    const tap = taps[expected]
    if (tap?.namespaceId === namespaceId && tap.ifindex === ifindex) return expected++
    places ??= new Map(taps.map(({ key }, index) => [key, index]))
    const index = places.get(`${namespaceId}:${ifindex}`) ?? -1
    if (index !== -1) expected = index + 1
    return index
  }
}

/** Taps by key: a report that names a tap twice says last what counts. */
function createList() {
  const taps: TapState[] = []
  const settings: (Setting | null)[] = []
  let places: Map<string, number> | null = null
  const index = () => (places ??= new Map(taps.map(({ key }, place) => [key, place])))
  let lastKnown = -1
  return {
    taps,
    settings,
    has: (key: string) => index().has(key),
    /** `known`: the tap's place in the last state; -1 if there was none. While places rise, no tap comes twice. */
    put(tap: TapState, setting: Setting | null, known: number): void {
      let place = taps.length
      if (places !== null || known <= lastKnown) {
        place = index().get(tap.key) ?? place
        index().set(tap.key, place)
      }
      lastKnown = Math.max(lastKnown, known)
      taps[place] = tap
      settings[place] = setting
    },
  }
}

function isSameList(before: readonly TapState[], after: readonly TapState[]): boolean {
  return before.length === after.length && before.every((tap, index) => tap === after[index])
}

/** A known tap in a namespace that could not be read. */
function keepUnread(tap: TapState, why: string, at: number, lastObservedAt: number | null): TapState {
  const statusReason = `Its network namespace could not be read: ${why}`
  if (tap.status === 'unknown' && tap.statusReason === statusReason) return tap
  const memory = keepServed(tap, 'unknown', tap.memory, lastObservedAt)
  return {
    ...tap,
    memory,
    status: 'unknown',
    statusReason,
    statusSince: tap.status === 'unknown' ? tap.statusSince : at,
  }
}
