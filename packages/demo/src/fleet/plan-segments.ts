import type { Role } from './assign-roles.ts'
import { drawUuid, type Random } from './create-random.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What happens inside a guest, or between its agent and the host, from a moment on (milliseconds since the epoch). */
export type GuestTrouble = {
  readonly kind: 'accept-ra-off' | 'ra-client-stopped' | 'unreachable-type' | 'agent-down' | 'no-agent'
  readonly from: number
}

/** One network namespace with one RA daemon and its VMs. Times are milliseconds since the epoch. */
export type SegmentPlan = {
  readonly namespaceId: number
  readonly namespaceName: string | null
  readonly daemon: 'radvd' | 'dnsmasq'
  readonly version: string
  /** Whether the daemon keeps the membership of a deleted tap. */
  readonly leaks: boolean
  readonly executableDeletedFrom: number | null
  readonly restartAt: number | null
  /** VMs that run all the time. */
  readonly steadyVms: number
  /** VM starts per hour at the busiest time of the day, besides the steady VMs. */
  readonly startsPerHour: number
  readonly meanLifetime: number
  /** How many memberships a leaking socket has at that time; null: the socket starts without stale memberships. */
  readonly reaches: { readonly memberships: number; readonly at: number } | null
  /** By the index of the steady VM. */
  readonly troubles: ReadonlyMap<number, GuestTrouble>
  readonly vmNames: ReadonlyMap<number, string>
}

// The name that a tenant might choose to see what breaks.
const HOSTILE_NAME = `"; DROP TABLE vm; -- <script>alert('::/0')</script>`

/** `capacity`: memberships that fit the kernel's option memory; `now`: milliseconds since the epoch. */
type Circumstances = { readonly capacity: number; readonly random: Random; readonly now: number }
type Traits = Partial<SegmentPlan>

/** The namespaces of a host with this role. */
export function planSegments(role: Role, circumstances: Circumstances): readonly SegmentPlan[] {
  const traits = traitsByRole[role](circumstances)
  if (role !== 'router-namespaces' && role !== 'router-namespace-leak')
    return [{ ...planOrdinary(circumstances), ...traits }]
  const { random } = circumstances
  return [planRouter(random, 1), { ...planRouter(random, 2), ...traits }, planRouter(random, 3)]
}

/** radvd 2.20 leaves the group of a deleted interface, so stale memberships do not accumulate. */
function planOrdinary({ random, now }: Circumstances): SegmentPlan {
  return {
    namespaceId: 4_026_531_840,
    namespaceName: null,
    daemon: 'radvd',
    version: '2.20',
    leaks: false,
    executableDeletedFrom: null,
    restartAt: null,
    steadyVms: random.integer(33, 43),
    startsPerHour: 1 + random.next() * 5,
    meanLifetime: 90 * MINUTE,
    reaches: null,
    troubles: ordinaryTroubles(random, now),
    vmNames: new Map(),
  }
}

/** A namespace of one of several routers that share the host's VMs. */
function planRouter(random: Random, place: number): SegmentPlan {
  return {
    ...planOrdinary({ random, capacity: 0, now: 0 }),
    namespaceId: 4_026_532_200 + 97 * place,
    namespaceName: `qrouter-${drawUuid(random)}`,
    steadyVms: random.integer(11, 15),
    startsPerHour: 1,
    troubles: new Map(),
  }
}

/** Some guest agents hang or are paused with their VM, and some VMs have no agent. Every default route is fine. */
function ordinaryTroubles(random: Random, now: number): ReadonlyMap<number, GuestTrouble> {
  const troubles = new Map<number, GuestTrouble>()
  const from = now - random.integer(1, 20) * HOUR
  if (random.next() < 0.2) troubles.set(random.integer(0, 13), { kind: 'agent-down', from })
  if (random.next() < 0.07) troubles.set(random.integer(14, 27), { kind: 'no-agent', from: 0 })
  return troubles
}

const plain = (): Traits => ({})

/** radvd before 2.20, with `share` of the capacity used at `at`. */
function leaking({ capacity, now }: Circumstances, share: number, at = now): Traits {
  return { version: '2.19', leaks: true, reaches: { memberships: Math.round(capacity * share), at } }
}

const traitsByRole: Record<Role, (circumstances: Circumstances) => Traits> = {
  ordinary: plain,
  'dark-for-minutes': plain,
  'dark-for-hours': plain,
  'not-measurable': plain,
  'router-namespaces': plain,
  'full-by-leak': (given) => ({
    ...leaking(given, 1, given.now - 3 * HOUR),
    startsPerHour: 14,
    meanLifetime: 25 * MINUTE,
  }),
  'joins-blocked': (given) => ({
    ...leaking(given, 1, given.now - 100 * MINUTE),
    startsPerHour: 9,
    meanLifetime: 50 * MINUTE,
  }),
  'at-risk': (given) => ({ ...leaking(given, 0.967), startsPerHour: 9, meanLifetime: 40 * MINUTE }),
  restarted: (given) => ({
    ...leaking(given, 0.93, given.now - 11 * HOUR),
    startsPerHour: 16,
    meanLifetime: 20 * MINUTE,
    restartAt: given.now - 11 * HOUR,
  }),
  upgraded: (given) => ({ ...leaking(given, 0.62), startsPerHour: 7, executableDeletedFrom: given.now - 15 * HOUR }),
  'full-by-capacity': ({ capacity }) => ({ steadyVms: capacity, startsPerHour: 14, meanLifetime: 50 * MINUTE }),
  'leak-fast': (given) => ({ ...leaking(given, 0.8), startsPerHour: 13, meanLifetime: 15 * MINUTE }),
  'leak-slow': (given) => ({ ...leaking(given, 0.2 + given.random.next() * 0.4), startsPerHour: 1.5 }),
  'leak-large-limit': (given) => ({ ...leaking(given, 0.55), startsPerHour: 60, meanLifetime: 12 * MINUTE }),
  'dnsmasq-leak': (given) => ({
    ...leaking(given, 0.3 + given.random.next() * 0.3),
    daemon: 'dnsmasq',
    version: '2.90',
    startsPerHour: 4,
  }),
  'router-namespace-leak': (given) => ({ ...leaking(given, 0.7), startsPerHour: 8 }),
  'guest-trouble': ({ now }) => ({
    troubles: new Map([
      [3, { kind: 'accept-ra-off', from: now - 17 * HOUR }],
      [8, { kind: 'ra-client-stopped', from: now - 6 * HOUR }],
      [12, { kind: 'unreachable-type', from: now - 95 * MINUTE }],
    ]),
    vmNames: new Map([[12, HOSTILE_NAME]]),
  }),
}
