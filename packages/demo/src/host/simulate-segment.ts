import { SEND_BYTES } from '@slashzero/contract/report'
import { createRandom, drawUuid, type Random } from '../fleet/create-random.ts'
import { type Arrival, drawArrivals } from './draw-arrivals.ts'
import { type HostPlan, capacityOf } from '../fleet/plan-host.ts'
import type { GuestTrouble, SegmentPlan } from '../fleet/plan-segments.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND
/** Time from the tap to the guest's first Router Solicitation and to the daemon's join. */
const BOOT_DELAY = 3 * SECOND

/** A VM's tap as the kernel sees it. */
export type SimulatedTap = {
  readonly ifindex: number
  readonly name: string
  readonly gateway: string
  readonly vm: { readonly name: string; readonly uuid: string; readonly pid: number }
  readonly startedAt: number
  readonly stopsAt: number
  readonly trouble: GuestTrouble | null
  /** Milliseconds between two unsolicited Router Advertisements. */
  readonly advertPeriod: number
  joined: boolean
  /**
   * Advertisements sent until advertising last stopped, and the time of that stop; null if the tap never had an
   * advertisement.
   */
  adverts: number
  lastAdvertAt: number | null
  /** Since when advertisements go out, starting with the first; null while they do not. */
  advertisesSince: number | null
  firstAdvertAt: number | null
}

type SimulatedSender = {
  pid: number
  inode: number
  startedAt: number
  memberships: number
  /** Interface indexes of memberships whose interface is gone. */
  stale: number[]
}

export type SimulatedSegment = {
  readonly plan: SegmentPlan
  readonly sender: SimulatedSender
  readonly taps: ReadonlyMap<number, SimulatedTap>
  /** Lets time pass up to `to`; it never turns back. */
  readonly advance: (to: number) => void
}

/** A namespace's daemon, taps and VMs from `from` on (milliseconds since the epoch), obeying the kernel's own tests. */
export function simulateSegment(host: HostPlan, plan: SegmentPlan, from: number): SimulatedSegment {
  const seeds = [host.hostId, plan.namespaceId]
  const random = createRandom(...seeds, 'taps')
  const arrivals = drawArrivals(createRandom(...seeds, 'arrivals'), plan, from)
  const taps = new Map<number, SimulatedTap>()
  const sender = startSender(random, from - random.integer(3, 60) * DAY)
  let ifindex = 7
  let nextArrival: Arrival = arrivals.next().value
  let nextStop = Number.POSITIVE_INFINITY
  let restartAt = plan.restartAt ?? Number.POSITIVE_INFINITY

  populate()
  return { plan, sender, taps, advance }

  function populate() {
    const again = drawArrivals(createRandom(...seeds, 'arrivals'), plan, from)
    const stale = startingStale(plan, capacityOf(host.kernel), again)
    let steadyLeft = plan.steadyVms
    for (let left = stale + plan.steadyVms; left > 0; left -= 1) {
      ifindex += 1 + (random.next() < 0.1 ? 1 : 0)
      if (random.next() < steadyLeft / left) {
        const place = plan.steadyVms - steadyLeft
        addTap({ startsAt: from - Math.round(random.next() * 40 * DAY), stopsAt: Number.POSITIVE_INFINITY }, place)
        steadyLeft -= 1
      } else {
        sender.stale.push(ifindex)
        sender.memberships += 1
      }
    }
    settle(from)
  }

  function advance(to: number) {
    for (;;) {
      const at = Math.min(nextArrival.startsAt, nextStop, restartAt)
      if (at > to) return
      if (at === restartAt) {
        restart(at)
      } else if (at === nextStop) {
        stopTaps(at)
      } else {
        ifindex += 1
        addTap(nextArrival, null)
        nextArrival = arrivals.next().value
      }
      settle(at + BOOT_DELAY)
    }
  }

  function addTap(arrival: Arrival, place: number | null) {
    const joins = hasRoom()
    if (joins) sender.memberships += 1
    const advertisesSince = joins && !sendsBlocked() ? arrival.startsAt + BOOT_DELAY : null
    taps.set(ifindex, {
      ...drawIdentity(host, plan, random, ifindex, place),
      startedAt: arrival.startsAt,
      stopsAt: arrival.stopsAt,
      trouble: place === null ? null : (plan.troubles.get(place) ?? null),
      advertPeriod: random.integer(250, 560) * SECOND,
      joined: joins,
      adverts: 0,
      lastAdvertAt: null,
      advertisesSince,
      firstAdvertAt: advertisesSince,
    })
    nextStop = Math.min(nextStop, arrival.stopsAt)
  }

  function stopTaps(at: number) {
    nextStop = Number.POSITIVE_INFINITY
    for (const tap of taps.values()) {
      if (tap.stopsAt > at) {
        nextStop = Math.min(nextStop, tap.stopsAt)
        continue
      }
      taps.delete(tap.ifindex)
      if (!tap.joined) continue
      if (plan.leaks) sender.stale.push(tap.ifindex)
      else sender.memberships -= 1
    }
  }

  /** The new process joins again on every tap, until the socket is full. */
  function restart(at: number) {
    restartAt = Number.POSITIVE_INFINITY
    for (const tap of taps.values()) stopAdvertising(tap, at)
    Object.assign(sender, startSender(random, at))
    for (const tap of taps.values()) {
      tap.joined = hasRoom()
      if (tap.joined) sender.memberships += 1
    }
  }

  /**
   * Advertisements go out on every joined tap, or on no tap while option memory has no room for their control message.
   */
  function settle(at: number) {
    for (const tap of taps.values()) {
      if (sendsBlocked()) stopAdvertising(tap, at)
      else if (tap.joined && tap.advertisesSince === null) {
        tap.advertisesSince = at
        tap.firstAdvertAt ??= at
      }
    }
  }

  function hasRoom(): boolean {
    const { unit, limit } = host.kernel
    return unit <= limit && sender.memberships * unit + unit < limit
  }

  function sendsBlocked(): boolean {
    return plan.daemon !== 'dnsmasq' && sender.memberships * host.kernel.unit + SEND_BYTES >= host.kernel.limit
  }
}

/** Router Advertisements that have gone out on the tap by `at`, and when the latest did. */
export function advertsOf(tap: SimulatedTap, at: number): { readonly sent: number; readonly lastAt: number | null } {
  if (tap.advertisesSince === null || at < tap.advertisesSince) return { sent: tap.adverts, lastAt: tap.lastAdvertAt }
  const periods = Math.floor((at - tap.advertisesSince) / tap.advertPeriod)
  return { sent: tap.adverts + 1 + periods, lastAt: tap.advertisesSince + periods * tap.advertPeriod }
}

/** Router Solicitations by `at`: after 4 s, 8 s, … and at most 1 h (Linux, RFC 7559) until an advertisement arrives. */
export function solicitsOf(tap: SimulatedTap, at: number): number {
  const until = Math.min(at, tap.firstAdvertAt ?? at)
  let sent = 0
  let wait = 4 * SECOND
  for (let next = tap.startedAt + BOOT_DELAY; next <= until; next += wait, wait = Math.min(wait * 2, 3600 * SECOND))
    sent += 1
  return sent
}

function stopAdvertising(tap: SimulatedTap, at: number) {
  const { sent, lastAt } = advertsOf(tap, at)
  tap.adverts = sent
  tap.lastAdvertAt = lastAt
  tap.advertisesSince = null
}

function startSender(random: Random, at: number): SimulatedSender {
  const [pid, inode] = [random.integer(700, 4_000_000), random.integer(10_000, 90_000_000)]
  return { pid, inode, startedAt: at, memberships: 0, stale: [] }
}

function startingStale(plan: SegmentPlan, capacity: number, arrivals: Iterable<Arrival>): number {
  if (plan.reaches === null) return 0
  let joins = Math.min(plan.steadyVms, capacity)
  for (const { startsAt } of arrivals) {
    if (startsAt > plan.reaches.at) break
    joins += 1
  }
  return Math.max(0, plan.reaches.memberships - joins)
}

const services = [
  'web',
  'db',
  'cache',
  'mail',
  'k8s-worker',
  'k8s-control',
  'queue',
  'gitlab',
  'search',
  'auth',
  'files',
]
const stages = ['prod', 'prod', 'staging', 'test']

type Identity = Pick<SimulatedTap, 'ifindex' | 'name' | 'gateway' | 'vm'>

/** `place`: among the steady VMs; null for a short-lived one. */
function drawIdentity(
  host: HostPlan,
  plan: SegmentPlan,
  random: Random,
  ifindex: number,
  place: number | null,
): Identity {
  const mac = random.hex(6)
  const steadyName = `${random.pick(services)}-${random.pick(stages)}-${host.number}${String(place).padStart(2, '0')}`
  const name = place === null ? `ci-${random.hex(6)}` : (plan.vmNames.get(place) ?? steadyName)
  return {
    ifindex,
    name: tapName[host.tapNaming](ifindex, random),
    gateway: `fe80::fc54:ff:fe${mac.slice(0, 2)}:${mac.slice(2)}`,
    vm: { name, uuid: drawUuid(random), pid: random.integer(2000, 4_000_000) },
  }
}

/** As libvirt, neutron and Proxmox name taps. */
const tapName: Record<HostPlan['tapNaming'], (ifindex: number, random: Random) => string> = {
  vnet: (ifindex) => `vnet${ifindex}`,
  neutron: (_, random) => `tap${random.hex(8)}-${random.hex(2)}`,
  proxmox: (ifindex) => `tap${1000 + ifindex}i0`,
}
