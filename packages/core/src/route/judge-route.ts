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
const HOLD_MISSING = 60_000
/**
 * By default a lifetime is three times MaxRtrAdvInterval (1800 and 600 s; RFC 4861, 6.2.1), so less than a third left
 * means that two advertisements in a row did not arrive.
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
 * Whether a VM has a default route, by the freshness and strength of all checks; without cause and countdown. `since`
 * is when the state began, as far as the evidence shows, and never before the previous verdict.
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

/** The first time after `now` when time alone may change the verdict; infinite if it cannot. */
export function nextRouteDeadline(
  { checks, memory, previous }: Pick<RouteFacts, 'checks' | 'memory' | 'previous'>,
  now: number,
): number {
  const first = (earliest: number, at: number) => (at > now && at < earliest ? at : earliest)
  let next = memory.startedAt === null ? Infinity : first(Infinity, memory.startedAt + START_GRACE)
  if (previous?.status === 'missing' && previous.checkedAt !== null)
    next = first(next, previous.checkedAt + HOLD_MISSING)
  for (const check of checks) {
    if (check.expiresAt === null) next = first(next, check.checkedAt + STALE_AFTER)
    else next = first(first(next, expiringAt(check, check.expiresAt, memory)), check.expiresAt)
  }
  return next
}

function findRoute(facts: RouteFacts): Finding {
  const { checks, memory, previous, observedAt, now } = facts
  const followed = previous?.status === 'ok' || previous?.status === 'expiring' ? previous.method : null
  const { best, dissent, why, latest } = weighChecks(checks, now, followed)
  if (memory.missedSince !== null && observedAt - memory.missedSince >= GONE_AFTER) {
    const reason = `No report has named this VM since ${moment(memory.missedSince)}; the VM may have stopped or moved`
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
      ? `The VM started at ${moment(memory.startedAt)} and has not been checked since`
      : 'The route has never been checked: no guest agent and no other method has reported'
  return { status: 'unknown', reason, at: now, check: null }
}

function cannotTell(latest: RouteCheckState, now: number): Finding {
  const why = latest.reason ?? 'no reason was given'
  const stale = `The last check (${method(latest)}) is from ${moment(latest.checkedAt)}, too old to tell`
  const reason = isStale(latest, now)
    ? `${stale}${latest.defaultRoute === 'unknown' ? `, and it could not tell then: ${why}` : ''}`
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
  // An advertisement may have gone out that no report has shown yet.
  if (now < from || (observedAt < from && !silent) || advertisedSince(check, facts)) return ok
  const reason = `The ::/0 ends at ${moment(expiresAt)}: two Router Advertisements in a row did not renew it`
  return { status: 'expiring', reason, at: from, check }
}

/** The route's lifetime ended, and no check has looked since. */
function judgeEnded(check: RouteCheckState, expiresAt: number, facts: RouteFacts): Finding {
  const { taps, observedAt, silent, now } = facts
  const ended = `The lifetime of the route ended at ${moment(expiresAt)}`
  const unknown = (why: string): Finding => ({ status: 'unknown', reason: `${ended}, and ${why}`, at: now, check })
  if (advertisedSince(check, facts)) {
    return unknown('a Router Advertisement since the last check may have renewed it')
  }
  if (observedAt < expiresAt) {
    if (silent) return unknown('the hypervisor is silent')
    return {
      status: 'expiring',
      reason: `${ended}; the next report shows whether it was renewed`,
      at: expiresAt,
      check,
    }
  }
  // Advertisements of a router outside this host are not counted, so a tap without any advertisement proves nothing.
  if (taps.length === 0 || !taps.every(({ routerAdvertsOut }) => routerAdvertsOut !== null && routerAdvertsOut > 0)) {
    return unknown('it is not known whether it was renewed')
  }
  const names = taps.map(({ name }) => name).join(', ')
  const reason = `${ended} and it was not renewed: no Router Advertisement went out on ${names} since the last check`
  return { status: 'missing', reason, at: expiresAt, check }
}

function advertisedSince(check: RouteCheckState, { taps }: RouteFacts): boolean {
  return taps.some(({ memory }) => memory.advertisedAt !== null && memory.advertisedAt > check.checkedAt)
}

function expiringAt(check: RouteCheckState, expiresAt: number, { lifetimes }: VmMemory): number {
  const lifetime = lifetimes[check.method] ?? (expiresAt - check.checkedAt) / 1000
  return expiresAt - Math.floor(lifetime * 1000 * EXPIRING_SHARE)
}

/** Adds the disagreement without times: a time would change the verdict with every check. */
function disagree(finding: Finding, best: RouteCheckState, dissent: RouteCheckState, why: string): Finding {
  const counts = best.method === 'pushed' ? 'what the guest pushed' : `the ${method(best)}`
  const but = `the methods disagree (${method(best)}: ${found(best)}; ${method(dissent)}: ${found(dissent)}) and ${counts} counts, because ${why}`
  return { ...finding, reason: finding.reason === null ? `T${but.slice(1)}` : `${finding.reason}; ${but}` }
}

function found({ method: name, defaultRoute }: RouteCheckState): string {
  if (name === 'off-link-probe') return defaultRoute === 'present' ? 'an answer' : 'no answer'
  if (defaultRoute === 'present') return 'a ::/0'
  return defaultRoute === 'expired' ? 'an expired ::/0' : 'none'
}

function giveTimeToStart({ memory, now }: RouteFacts, finding: Finding): Finding {
  if (finding.status !== 'missing' || memory.startedAt === null || now - memory.startedAt >= START_GRACE) return finding
  const reason = `The VM started at ${moment(memory.startedAt)} and may still configure its network`
  return { ...finding, status: 'unknown', reason, at: now }
}

/** The missing verdict to keep while no check can tell; null if there is none. */
function holdMissing({ previous, memory, now }: RouteFacts): RouteVerdict | null {
  if (previous?.status !== 'missing' || previous.checkedAt === null) return null
  return previous.checkedAt > (memory.startedAt ?? 0) && now - previous.checkedAt < HOLD_MISSING ? previous : null
}

function method({ method: name }: { readonly method: RouteCheckMethod }): string {
  const words: Record<RouteCheckMethod, string> = {
    'guest-agent': 'guest agent',
    'off-link-probe': 'off-link probe',
    pushed: 'pushed by the guest',
  }
  return words[name]
}
