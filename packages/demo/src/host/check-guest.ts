import type { RouteCheckReport } from '@slashzero/contract/report'
import type { GuestTrouble } from '../fleet/plan-segments.ts'
import { advertsOf, type SimulatedTap } from './simulate-segment.ts'

const SECOND = 1000
/** AdvDefaultLifetime at the default MaxRtrAdvInterval of 600 s. */
const ROUTER_LIFETIME = 1800 * SECOND
/** An expired route stays listed until the guest's kernel collects it. */
const COLLECTED_AFTER = 30 * SECOND
/** From the VM's start until its agent answers. */
const AGENT_START = 25 * SECOND

// The collector's own words.
const AGENT_DOWN =
  'no answer in time while waiting for the agent: the agent does not run or hangs, or another client holds its socket'

type Finding = Pick<RouteCheckReport, 'defaultRoute' | 'reason' | 'gateway' | 'expiresInSeconds'>

/** What the guest agent of the tap's VM answers at `at` (milliseconds since the epoch) about its default route. */
export function checkGuest(tap: SimulatedTap, at: number): RouteCheckReport {
  return {
    vm: { name: tap.vm.name, uuid: tap.vm.uuid },
    method: 'guest-agent',
    checkedAt: new Date(at).toISOString(),
    ...findRoute(tap, at),
  }
}

function findRoute(tap: SimulatedTap, at: number): Finding {
  if (tap.trouble !== null && at >= tap.trouble.from) return suffer[tap.trouble.kind](tap, tap.trouble.from, at)
  if (at < tap.startedAt + AGENT_START) return unknown(AGENT_DOWN)
  return routeUntil(tap, advertsOf(tap, at).lastAt, at)
}

const absent: Finding = { defaultRoute: 'absent', reason: null, gateway: null, expiresInSeconds: null }

const suffer: Record<GuestTrouble['kind'], (tap: SimulatedTap, from: number, at: number) => Finding> = {
  'agent-down': () => unknown(AGENT_DOWN),
  'no-agent': () => unknown('the VM has no guest agent socket'),
  'unreachable-type': () => ({ ...absent, reason: 'the only default route is of type unreachable' }),
  'accept-ra-off': () => absent,
  'ra-client-stopped': (tap, from, at) => routeUntil(tap, advertsOf(tap, from).lastAt, at),
}

function unknown(reason: string): Finding {
  return { defaultRoute: 'unknown', reason, gateway: null, expiresInSeconds: null }
}

function routeUntil(tap: SimulatedTap, lastAdvertAt: number | null, at: number): Finding {
  if (lastAdvertAt === null || at >= lastAdvertAt + ROUTER_LIFETIME + COLLECTED_AFTER) return absent
  const expiresInSeconds = Math.ceil((Math.min(lastAdvertAt, at) + ROUTER_LIFETIME - at) / SECOND)
  return {
    defaultRoute: expiresInSeconds > 0 ? 'present' : 'expired',
    reason: null,
    gateway: tap.gateway,
    expiresInSeconds,
  }
}
