import type { RouteCheckReport } from '@slashzero/contract/report'
import type { RouteCheckState, VmMemory, VmState } from '../state.ts'

/** Lifetimes are whole seconds and the clock skew differs slightly, so a renewal moves the end by more than this. */
const RENEWAL = 5000
/** RFC 4861, 4.2 has no infinite router lifetime, but a guest shows 0xffffffff for an endless route. */
const ENDLESS = 0xffff_ffff

type Checked = Pick<VmState, 'checks'> & Required<Pick<VmMemory, 'lifetimes' | 'present'>>

/** Turns a reported check into a stored check. `checkedAt` is on the server's clock. */
export function readCheck(check: Omit<RouteCheckReport, 'vm' | 'checkedAt'>, checkedAt: number): RouteCheckState {
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

/**
 * Keeps the latest check of each method, and the route's lifetime at the last renewal. `present` changes only when a
 * check no longer finds the route: a confirmed route leaves the VM's memory as it is, so the row need not be rewritten.
 */
export function mergeChecks(known: VmState | null, arrived: readonly RouteCheckState[]): Checked {
  let checks: Checked['checks'] = known?.checks ?? []
  let lifetimes = known?.memory.lifetimes ?? {}
  let present = known?.memory.present ?? null
  for (const check of arrived) {
    const last = checks.find(({ method }) => method === check.method)
    if (last && (last.checkedAt > check.checkedAt || isSame(last, check) || outlasts(last, check))) continue
    const lifetime = readLifetime(last, check, lifetimes[check.method])
    if (lifetime !== lifetimes[check.method]) lifetimes = Object.assign({}, lifetimes, { [check.method]: lifetime })
    checks = last !== undefined && checks.length === 1 ? [check] : [...checks.filter((other) => other !== last), check]
    if (check.defaultRoute !== 'present') present = later(present, last)
  }
  return { checks, lifetimes, present }
}

/** The latest check that found the route; null if none did since the VM started. */
export function latestPresent({ checks, memory }: Pick<VmState, 'checks' | 'memory'>): Present {
  return checks.reduce(later, memory.present ?? null)
}

type Present = NonNullable<VmMemory['present']> | null

function later(known: Present, check: RouteCheckState | undefined): Present {
  if (check?.defaultRoute !== 'present' || check.checkedAt < (known?.at ?? 0)) return known
  return { at: check.checkedAt, gateway: check.gateway, expiresAt: check.expiresAt }
}

/** A check that could not tell says nothing against a route whose end is known and lies ahead. */
function outlasts(last: RouteCheckState, { defaultRoute, checkedAt }: RouteCheckState): boolean {
  return defaultRoute === 'unknown' && last.expiresAt !== null && last.expiresAt > checkedAt
}

/** The lifetime in seconds: the remaining time just after a renewal, otherwise the known lifetime. */
function readLifetime(
  before: RouteCheckState | undefined,
  check: RouteCheckState,
  known: number | undefined,
): number | undefined {
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
