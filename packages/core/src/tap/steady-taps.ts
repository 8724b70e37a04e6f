import type { TapFacts, TapReport } from '@slashzero/contract/report'
import type { TapState } from '../state.ts'
import { DETECTION_GRACE } from './find-obstacle.ts'
import { mayLeadElsewhere } from './find-router-elsewhere.ts'
import { type Clock, followAdvertisements, type Skews } from './follow-advertisements.ts'
import { ANSWER_GRACE, HOPELESS_GRACE, JOIN_GRACE } from './judge-tap.ts'
import { endOf, SHOWN_MILLISECONDS } from './read-advertisements.ts'
import type { TapConfiguration } from './read-configuration.ts'
import type { Place } from './read-place.ts'

/** All that a verdict on a tap depends on, except the tap itself and the time. */
export type Setting = TapConfiguration & {
  readonly place: string
  readonly senders: string | null
  readonly isOwnListener: boolean
  /** Null if the tap is its own listener. */
  readonly listener: string | null
  /** The gateway of the VM, if the verdict looks at it. */
  readonly gateway: string | null
}

/** Reads the setting of a tap. Returns `like` if it is the same, so that many taps share one setting. */
export function readSetting(
  place: Place,
  tap: TapReport,
  vmKey: string | null,
  gatewayOf: (vmKey: string) => string | null,
  like: Setting | null,
): Setting {
  const { name, listener = null } = tap
  const isOwnListener = listener === name
  const { unjoined, harmful, lifetime } = place.configurationOf(listener)
  const setting = {
    place: place.summary,
    senders: place.describeSenders(listener),
    isOwnListener,
    listener: isOwnListener ? null : listener,
    gateway: vmKey !== null && mayLeadElsewhere(tap, place.gone) ? gatewayOf(vmKey) : null,
    unjoined,
    harmful,
    lifetime,
  }
  return like !== null && isSameSetting(like, setting) ? like : setting
}

export function isSameSetting(one: Setting, other: Setting): boolean {
  return (
    one === other ||
    (one.place === other.place &&
      one.senders === other.senders &&
      one.isOwnListener === other.isOwnListener &&
      one.listener === other.listener &&
      one.gateway === other.gateway &&
      one.unjoined === other.unjoined &&
      one.harmful === other.harmful &&
      one.lifetime === other.lifetime)
  )
}

/** What the last judgement found of a list of taps. */
export type SteadyTaps = {
  readonly at: number
  /** The taps that were left as they were, each with its setting; null for other taps. */
  readonly settings: readonly (Setting | null)[]
  /** Those of them that need no look at all while a report shows the same objects, and until when. */
  readonly reported: readonly (TapReport | null)[]
  readonly until: number
  /** And with which clock skews of the host, because a change of its clock moves advertisements. */
  readonly skews: Skews
  /** The namespaces by id, and which taps of the list are theirs: from the first place to before the end. */
  readonly places: ReadonlyMap<number, SteadyPlace>
}

export type SteadyPlace = Pick<Place, 'summary' | 'parts'> & { readonly first: number; readonly end: number }

/** Whether the known tap at this place was left as it was, reported as this very object in its namespace. */
export function isReported(steady: SteadyTaps, known: SteadyPlace, place: number, tap: TapReport): boolean {
  return steady.reported[place] === tap && place >= known.first && place < known.end
}

/** The namespace as the last judgement saw it; null if anything changed since, or if its taps need a look. */
export function recallPlace(
  steady: SteadyTaps | null,
  place: Place,
  { at, clock: { clockSkew } }: Pick<Span, 'at' | 'clock'>,
): SteadyPlace | null {
  const known = steady?.places.get(place.id)
  if (steady === null || known === undefined || at < steady.at || at >= steady.until) return null
  if (clockSkew <= steady.skews.from || clockSkew >= steady.skews.to) return null
  const isSame = known.summary === place.summary && known.parts.length === place.parts.length
  return isSame && known.parts.every((part, index) => part === place.parts[index]) ? known : null
}

/** Only saves work: without an entry, a tap is judged again with the same result. */
const steadyTaps = new WeakMap<readonly TapState[], SteadyTaps>()

export function recallSteady(taps: readonly TapState[]): SteadyTaps | null {
  return steadyTaps.get(taps) ?? null
}

export function rememberSteady(taps: readonly TapState[], steady: SteadyTaps): void {
  steadyTaps.set(taps, steady)
}

/** `judgedAt`: when the tap was judged last; `at`: when it is judged now. */
export type Span = { readonly judgedAt: number; readonly at: number; readonly clock: Clock }

/**
 * Whether a tap that the last judgement found as it was, in the same setting, stays so: no fact changed, and no time at
 * which its verdict may change has passed.
 */
export function isSteady(
  before: TapState,
  tap: TapReport,
  vmKey: string | null,
  place: Place,
  { judgedAt, at, clock }: Span,
): boolean {
  return (
    before.name === tap.name &&
    before.vmKey === vmKey &&
    before.namespaceName === place.name &&
    isSameFacts(before, tap) &&
    isSameList(before.linkLocals, tap.linkLocals) &&
    followAdvertisements(before.advertisements, tap.advertisements, clock, at) === before.advertisements &&
    at >= judgedAt &&
    at < nextTapDeadline(before, judgedAt)
  )
}

/** Listed, and not taken from the schema, because the collector's doctor judges too and must not load zod. */
export const FACTS = [
  'kind',
  'up',
  'forwarding',
  'ipv6Disabled',
  'allRoutersUsers',
  'countedOn',
  'routerSolicitsIn',
  'routerAdvertsIn',
  'routerAdvertsOut',
] as const

/** Whether all facts are the same, except link-local addresses. */
export function isSameFacts(one: TapFacts, other: TapFacts): boolean {
  for (const name of FACTS) if (one[name] !== other[name]) return false
  return true
}

export function isSameList(one: TapFacts['linkLocals'], other: TapFacts['linkLocals']): boolean {
  if (one === other || one === undefined || other === undefined) return one === other
  return (
    one.length === other.length &&
    one.every(({ address, state }, index) => address === other[index]?.address && state === other[index].state)
  )
}

/** The first time after `from` at which a verdict on the tap may change without a changed fact. */
export function nextTapDeadline({ unanswered, memory, advertisements }: TapState, from: number): number {
  let next = Infinity
  const pass = (at: number) => {
    if (at > from && at < next) next = at
  }
  if (unanswered !== null) {
    pass(unanswered.since + HOPELESS_GRACE)
    pass(unanswered.since + ANSWER_GRACE)
  }
  if (memory.appearedAt !== null) {
    pass(memory.appearedAt + HOPELESS_GRACE)
    pass(memory.appearedAt + JOIN_GRACE)
  }
  const { tentativeSince = null } = memory
  if (tentativeSince !== null) pass(tentativeSince + DETECTION_GRACE)
  for (const one of advertisements ?? []) {
    pass(endOf(one))
    pass(one.seenAt + SHOWN_MILLISECONDS)
  }
  return next
}
