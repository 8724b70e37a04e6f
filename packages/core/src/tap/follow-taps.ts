import type { NamespaceReport, TapReport } from '@slashzero/contract/report'
import type { Senderless, SocketState, TapState } from '../state.ts'
import { mayLeadElsewhere } from './find-router-elsewhere.ts'
import { ANY_SKEW, type Clock, findSkews, narrow } from './follow-advertisements.ts'
import { followTap, keepServed } from './follow-tap.ts'
import { type Place, readPlace } from './read-place.ts'
import { isReported, isSameSetting, isSteady, nextTapDeadline, readSetting } from './steady-taps.ts'
import { recallPlace, recallSteady, rememberSteady } from './steady-taps.ts'
import type { Setting, SteadyPlace, SteadyTaps } from './steady-taps.ts'

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
  const { namespaces, sockets, previous, unread, at, lastObservedAt } = input
  const gone = new Map(input.senderless.map((place) => [place.namespaceId, place]))
  const socketsOf = Map.groupBy(sockets, ({ namespaceId }) => namespaceId)
  const walk: Walk = {
    steady: recallSteady(previous),
    finder: createFinder(previous),
    judged: createList(),
    isAnyRecalled: false,
  }
  const places = new Map<number, SteadyPlace>()
  for (const namespace of namespaces) {
    const { id } = namespace
    const place = readPlace(namespace, socketsOf.get(id) ?? [], input.sendersUnreadable, gone.get(id) ?? null)
    const from = walk.judged.taps.length
    followPlace(place, namespace.taps, walk, input)
    places.set(id, { summary: place.summary, parts: place.parts, first: from, end: walk.judged.taps.length })
  }
  const { judged, steady } = walk
  if (unread.size > 0) {
    for (const tap of previous) {
      const why = unread.get(tap.namespaceId)
      if (why !== undefined && !judged.has(tap.key)) judged.put(keepUnread(tap, why, at, lastObservedAt), -1, NEWS)
    }
  }
  const taps = isSameList(previous, judged.taps) ? previous : judged.taps
  const { settings, reported } = judged
  // While no place was recalled, every tap was looked at.
  const { until, skews } = judged.bounds(walk.isAnyRecalled ? steady : null)
  rememberSteady(taps, { at, settings, reported, until, skews, places })
  return taps
}

type Walk = {
  isAnyRecalled: boolean
  readonly steady: SteadyTaps | null
  readonly finder: ReturnType<typeof createFinder>
  readonly judged: ReturnType<typeof createList>
}

function followPlace(place: Place, taps: readonly TapReport[], walk: Walk, input: TapsInput) {
  const { steady, finder, judged } = walk
  const { previous, vmKeyOf, gatewayOf, at, clock, first, lastObservedAt } = input
  const known = recallPlace(steady, place, input)
  if (known) walk.isAnyRecalled = true
  const span = { judgedAt: steady?.at ?? at, at, clock }
  let setting: Setting | null = null
  for (const tap of taps) {
    const expected = finder.expected()
    if (known && steady && isReported(steady, known, expected, tap)) {
      const same = previous[expected]
      finder.skip()
      if (same) judged.keep(same, expected, steady)
      continue
    }
    const vmKey = tap.vm && vmKeyOf(tap.vm)
    setting = readSetting(place, tap, vmKey, gatewayOf, setting)
    const index = finder.find(place.id, tap.ifindex)
    const before = previous[index]
    const judgedIn = steady?.settings[index] ?? null
    if (before && judgedIn && isSameSetting(judgedIn, setting) && isSteady(before, tap, vmKey, place, span)) {
      judged.put(before, index, { setting: judgedIn, tap, place, at, clock })
      continue
    }
    const key = before?.key ?? `${place.id}:${tap.ifindex}`
    const around = { tap, key, vmKey, place, clock, at, gatewayOf, first, lastObservedAt }
    const next = followTap(before, around)
    judged.put(next, index, next === before ? { setting, tap, place, at, clock } : NEWS)
  }
}

/** A tap that is not as it was. */
const NEWS = null

/** Finds the place of a known tap; -1 if unknown. Most reports name the taps in the order of the last report. */
function createFinder(taps: readonly TapState[]) {
  let expected = 0
  let places: ReadonlyMap<string, number> | null = null
  return {
    expected: () => expected,
    skip: () => (expected += 1),
    find(namespaceId: number, ifindex: number): number {
      const tap = taps[expected]
      if (tap?.namespaceId === namespaceId && tap.ifindex === ifindex) return expected++
      places ??= new Map(taps.map(({ key }, index) => [key, index]))
      const index = places.get(`${namespaceId}:${ifindex}`) ?? -1
      if (index !== -1) expected = index + 1
      return index
    },
  }
}

type Same = Pick<TapsInput, 'at' | 'clock'> & {
  readonly setting: Setting
  readonly tap: TapReport
  readonly place: Place
}

/** Taps by key: a report that names a tap twice says last what counts. */
function createList() {
  const taps: TapState[] = []
  const settings: (Setting | null)[] = []
  const reported: (TapReport | null)[] = []
  let until = Infinity
  let skews = ANY_SKEW
  let places: Map<string, number> | null = null
  const index = () => (places ??= new Map(taps.map(({ key }, place) => [key, place])))
  let lastKnown = -1
  /** `known`: the tap's place in the last state; -1 for a tap that is new. While places rise, no tap comes twice. */
  function add(tap: TapState, known: number): number {
    let place = taps.length
    if (places !== null || known <= lastKnown) {
      place = index().get(tap.key) ?? place
      index().set(tap.key, place)
    }
    lastKnown = Math.max(lastKnown, known)
    taps[place] = tap
    return place
  }
  return {
    taps,
    settings,
    reported,
    /** Until when, and with which clock skews, `reported` needs no look; `others`: the bounds of the kept taps. */
    bounds(others: Pick<SteadyTaps, 'until' | 'skews'> | null) {
      return others ? { until: Math.min(until, others.until), skews: narrow(skews, others.skews) } : { until, skews }
    },
    has: (key: string) => index().has(key),
    put(tap: TapState, known: number, same: Same | null): void {
      const place = add(tap, known)
      settings[place] = same && same.setting
      reported[place] = null
      if (same === null || mayLeadElsewhere(tap, same.place.gone)) return
      const own = findSkews(tap.advertisements, same.tap.advertisements, same.clock, same.at)
      if (own === null) return
      reported[place] = same.tap
      skews = narrow(skews, own)
      until = Math.min(until, nextTapDeadline(tap, same.at))
    },
    keep(tap: TapState, known: number, steady: SteadyTaps): void {
      const place = add(tap, known)
      settings[place] = steady.settings[known] ?? null
      reported[place] = steady.reported[known] ?? null
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
