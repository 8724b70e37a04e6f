import type { RouteCheckMethod } from '@slashzero/contract/report'
import type { RouteStatus } from '@slashzero/contract/rest'
import type { RouteCheckState, RouteVerdict, TapState, VmMemory } from '../state.ts'
import { moment } from '../wording/figures.ts'
import { isStale, STALE_AFTER, weighChecks } from './weigh-checks.ts'

/** A VM that no report names for a minute, four passes of a collector, counts as stopped or moved. */
const GONE_AFTER = 60_000
/** The time that a guest has after its start before an absent route is called missing. */
const START_GRACE = 30_000
/** How long a route stays missing while checks cannot tell: one hanging agent must not empty the list. */
const HOLD = 60_000
/**
 * Routers advertise at least every MaxRtrAdvInterval, and a lifetime is three of them by default (600 of 1800 s; RFC 4861, 6.2.1).
 * So less than a third left means that two advertisements in a row did not arrive.
 */
const EXPIRING_SHARE = 1 / 3

export type RouteFacts = {
  readonly checks: readonly RouteCheckState[]
  readonly memory: VmMemory
  readonly previous: RouteVerdict | null
  /** The VM's taps. */
  readonly taps: readonly TapState[]
  /** When the hypervisor was last observed. */
  readonly observedAt: number
  /** Whether the hypervisor has stopped reporting. */
  readonly silent: boolean
  readonly now: number
}

type Finding = {
  readonly status: RouteStatus
  readonly reason: string | null
  readonly at: number
  readonly check: RouteCheckState | null
}

/**
 * Whether a VM has a default route, by the freshness and strength of all checks; without cause and countdown. `since` is when
 * the state began, as far as the evidence shows, and never before the previous verdict.
 */
export function judgeRoute(facts: RouteFacts): RouteVerdict {
  const { previous, now } = facts
  const { status, reason, at, check } = giveTimeToStart(facts, findRoute(facts))
  const held = status === 'unknown' ? holdMissing(facts) : null
  if (held) return held
  const certain = status === 'unknown' ? null : check
  return {
    status,
    reason,
    since: previous?.status === status ? previous.since : Math.max(Math.min(at, now), previous?.since ?? 0),
    checkedAt: check?.checkedAt ?? null,
    method: check?.method ?? null,
    gateway: certain?.gateway ?? null,
    expiresAt: certain?.defaultRoute === 'present' ? certain.expiresAt : null,
    cause: null,
    countdown: null,
  }
}

/** The times, past or future, at which the verdict on these facts may change by itself. */
export function routeDeadlines({
  checks,
  memory,
  previous,
}: Pick<RouteFacts, 'checks' | 'memory' | 'previous'>): number[] {
  const started = memory.startedAt === null ? [] : [memory.startedAt + START_GRACE]
  const held = previous?.status === 'missing' && previous.checkedAt !== null ? [previous.checkedAt + HOLD] : []
  const ends = checks.flatMap((check) =>
    check.expiresAt === null
      ? [check.checkedAt + STALE_AFTER]
      : [expiringAt(check, check.expiresAt, memory), check.expiresAt],
  )
  return [...started, ...held, ...ends]
}

function findRoute(facts: RouteFacts): Finding {
  const { checks, memory, previous, observedAt, now } = facts
  const followed = previous?.status === 'ok' || previous?.status === 'expiring' ? previous.method : null
  const { best, dissent, why, latest } = weighChecks(checks, now, followed)
  if (memory.missedSince !== null && observedAt - memory.missedSince >= GONE_AFTER) {
    const reason = `No tap and no check of this VM has been reported since ${moment(memory.missedSince)}: it may have stopped or moved`
    return { status: 'unknown', reason, at: now, check: latest }
  }
  if (best) {
    const finding = best.defaultRoute === 'present' ? judgePresent(best, facts) : judgeAbsent(best, facts)
    return dissent && why ? disagree(finding, best, dissent, why) : finding
  }
  if (latest) return cannotTell(latest, now)
  return neverChecked(facts)
}

function neverChecked({ memory, previous, now }: RouteFacts): Finding {
  const reason =
    previous && memory.startedAt !== null && previous.checkedAt !== null
      ? `It started at ${moment(memory.startedAt)} and has not been checked since`
      : 'Its route has never been checked: neither a guest agent nor another method has reported'
  return { status: 'unknown', reason, at: now, check: null }
}

function cannotTell(latest: RouteCheckState, now: number): Finding {
  const why = latest.reason ?? 'no reason was given'
  const stale = `The last check (${method(latest)}) is of ${moment(latest.checkedAt)}, too old to tell`
  const reason = isStale(latest, now)
    ? `${stale}${latest.defaultRoute === 'unknown' ? `, and it could not tell either: ${why}` : ''}`
    : `The check (${method(latest)}) could not tell: ${why}`
  return { status: 'unknown', reason, at: now, check: latest }
}

function judgeAbsent(check: RouteCheckState, { previous }: RouteFacts): Finding {
  const detail = check.reason === null ? '' : `: ${check.reason}`
  const what = check.defaultRoute === 'expired' ? 'lists a ::/0 whose lifetime has ended' : 'has no ::/0'
  const ended = previous?.expiresAt ?? null
  const at = ended !== null && ended < check.checkedAt ? ended : check.checkedAt
  return { status: 'missing', reason: `The guest ${what} (${method(check)})${detail}`, at, check }
}

function judgePresent(check: RouteCheckState, facts: RouteFacts): Finding {
  const { expiresAt } = check
  const { memory, observedAt, silent, now } = facts
  const ok: Finding = { status: 'ok', reason: null, at: check.checkedAt, check }
  if (expiresAt === null) return ok
  if (now >= expiresAt) return judgeEnded(check, expiresAt, facts)
  const from = expiringAt(check, expiresAt, memory)
  // Until a report from then is there, an advertisement may have gone out that nobody has told of yet.
  if (now < from || (observedAt < from && !silent) || advertisedSince(check, facts)) return ok
  const reason = `Its ::/0 ends at ${moment(expiresAt)}: two Router Advertisements in a row have not renewed it`
  return { status: 'expiring', reason, at: from, check }
}

/** The clock says that the route ended, and nobody has looked since. */
function judgeEnded(check: RouteCheckState, expiresAt: number, facts: RouteFacts): Finding {
  const { taps, observedAt, silent, now } = facts
  const ended = `Its lifetime ended at ${moment(expiresAt)}`
  const unknown = (why: string): Finding => ({ status: 'unknown', reason: `${ended}, and ${why}`, at: now, check })
  if (advertisedSince(check, facts)) {
    return unknown('a Router Advertisement that may have renewed it has gone out since the last check')
  }
  if (observedAt < expiresAt) {
    if (silent) return unknown('its hypervisor is silent')
    return {
      status: 'expiring',
      reason: `${ended}; the next report tells whether it was renewed`,
      at: expiresAt,
      check,
    }
  }
  // Only a router that has advertised here can be said not to have renewed the route: another one's advertisements are not counted.
  if (taps.length === 0 || !taps.every(({ routerAdvertsOut }) => routerAdvertsOut !== null && routerAdvertsOut > 0)) {
    return unknown('whether it was renewed is not known')
  }
  const names = taps.map(({ name }) => name).join(', ')
  const reason = `${ended} and it was not renewed: no Router Advertisement has gone out on ${names} since the last check`
  return { status: 'missing', reason, at: expiresAt, check }
}

function advertisedSince(check: RouteCheckState, { taps }: RouteFacts): boolean {
  return taps.some(({ memory }) => memory.advertisedAt !== null && memory.advertisedAt > check.checkedAt)
}

function expiringAt(check: RouteCheckState, expiresAt: number, { lifetimes }: VmMemory): number {
  const lifetime = lifetimes[check.method] ?? (expiresAt - check.checkedAt) / 1000
  return expiresAt - Math.floor(lifetime * 1000 * EXPIRING_SHARE)
}

/** Without times, which would make the verdict another one with every check; the checks themselves have them. */
function disagree(finding: Finding, best: RouteCheckState, dissent: RouteCheckState, why: string): Finding {
  const counts = best.method === 'pushed' ? 'what the guest pushed' : `the ${method(best)}`
  const but = `the methods disagree (${method(best)}: ${found(best)}; ${method(dissent)}: ${found(dissent)}) and ${counts} counts, for ${why}`
  return { ...finding, reason: finding.reason === null ? `T${but.slice(1)}` : `${finding.reason}; ${but}` }
}

function found({ method: name, defaultRoute }: RouteCheckState): string {
  if (name === 'off-link-probe') return defaultRoute === 'present' ? 'an answer' : 'no answer'
  if (defaultRoute === 'present') return 'a ::/0'
  return defaultRoute === 'expired' ? 'one that has ended' : 'none'
}

function giveTimeToStart({ memory, now }: RouteFacts, finding: Finding): Finding {
  if (finding.status !== 'missing' || memory.startedAt === null || now - memory.startedAt >= START_GRACE) return finding
  const reason = `It started at ${moment(memory.startedAt)} and may still be configuring itself`
  return { ...finding, status: 'unknown', reason, at: now }
}

/** The verdict to keep although nobody can tell just now; null where none is. */
function holdMissing({ previous, memory, now }: RouteFacts): RouteVerdict | null {
  if (previous?.status !== 'missing' || previous.checkedAt === null) return null
  return previous.checkedAt > (memory.startedAt ?? 0) && now - previous.checkedAt < HOLD ? previous : null
}

function method({ method: name }: { readonly method: RouteCheckMethod }): string {
  const words: Record<RouteCheckMethod, string> = {
    'guest-agent': 'guest agent',
    'off-link-probe': 'off-link probe',
    pushed: 'pushed by the guest',
  }
  return words[name]
}
