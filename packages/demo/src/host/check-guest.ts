import type { RouteCheckReport } from '@slashzero/contract/report'
import type { GuestTrouble } from '../fleet/plan-segments.ts'
import { advertsOf, type SimulatedTap } from './simulate-segment.ts'

const second = 1000
/** AdvDefaultLifetime where MaxRtrAdvInterval is left at 600 s. */
const routerLifetime = 1800 * second
/** An expired route stays listed until the guest's kernel collects it. */
const collectedAfter = 30 * second
/** From the VM's start until its agent answers. */
const agentStart = 25 * second

// As the collector words it.
const agentDown =
  'no answer in time while waiting for the agent to answer: it does not run, hangs, or another client holds its socket'

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
  if (at < tap.startedAt + agentStart) return unknown(agentDown)
  return routeUntil(tap, advertsOf(tap, at).lastAt, at)
}

const absent: Finding = { defaultRoute: 'absent', reason: null, gateway: null, expiresInSeconds: null }

const suffer: Record<GuestTrouble['kind'], (tap: SimulatedTap, from: number, at: number) => Finding> = {
  'agent-down': () => unknown(agentDown),
  'no-agent': () => unknown('the VM has no guest agent socket'),
  'unreachable-type': () => ({ ...absent, reason: 'the only default route is of type unreachable' }),
  'accept-ra-off': () => absent,
  'ra-client-stopped': (tap, from, at) => routeUntil(tap, advertsOf(tap, from).lastAt, at),
}

function unknown(reason: string): Finding {
  return { defaultRoute: 'unknown', reason, gateway: null, expiresInSeconds: null }
}

function routeUntil(tap: SimulatedTap, lastAdvertAt: number | null, at: number): Finding {
  if (lastAdvertAt === null || at >= lastAdvertAt + routerLifetime + collectedAfter) return absent
  const expiresInSeconds = Math.ceil((Math.min(lastAdvertAt, at) + routerLifetime - at) / second)
  return {
    defaultRoute: expiresInSeconds > 0 ? 'present' : 'expired',
    reason: null,
    gateway: tap.gateway,
    expiresInSeconds,
  }
}
