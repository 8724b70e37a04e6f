import { showBytes } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import type { TapReport } from '@slashzero/contract/report'
import { deriveOnce } from '../../derive-once.ts'
import type { RunRecorder } from '../record-runs.ts'
import { isJoined } from './read-all-routers.ts'
import type { AllRouters } from './read-all-routers.ts'
import { UNREAD } from './read-counters.ts'
import type { CounterReader } from './read-counters.ts'
import type { LinkLocals } from './read-link-locals.ts'

/** A tap of the report, without its VM; `byteName` is the name in the kernel's bytes. */
export type Tap = Omit<TapReport, 'vm'> & { byteName: string }

/**
 * Reads the taps among `candidates` in the caller's namespace: tun devices with Ethernet frames, and any `macvtap` or
 * `veth` that an RA daemon has joined (by `users`) or configures (`named`). A vhost-user tap has no interface.
 */
export function readTaps(
  candidates: readonly Link[],
  links: readonly Link[],
  users: AllRouters,
  readCounters: CounterReader,
  runs: RunRecorder,
  { named = new Set(), readLocals = () => null }: { named?: ReadonlySet<string>; readLocals?: () => LinkLocals } = {},
): { taps: Tap[]; unjoined: Set<string> } {
  const byIndex = indexLinks(links)
  let locals: LinkLocals | undefined
  const unclear = findUnclear(links, byIndex, users)
  const taps: Tap[] = []
  const unjoined = new Set<string>()
  const atBridges = new Map<number, ReturnType<CounterReader>>()
  const readCountersOf = (link: Link, listener: Link | null): ReturnType<CounterReader> => {
    if (listener === null || listener === link) return readCounters(link, runs)
    const counters = atBridges.get(listener.ifindex) ?? readCounters(listener, runs)
    atBridges.set(listener.ifindex, counters)
    return counters === 'gone' ? UNREAD : counters
  }
  for (const link of candidates) {
    const kind = kindOf(link)
    if (kind === null) continue
    const listener = findListener(link, byIndex, unclear)
    const allRoutersUsers = listener === null || users === null ? null : (users.get(listener.ifindex) ?? 0)
    const forwarding = listener?.forwarding ?? null
    const ipv6Disabled = listener?.ipv6Disabled ?? null
    const shownListener = listener === null ? null : showBytes(listener.name)
    if (kind !== 'tap') {
      if (listener === null || shownListener === null) continue
      if ((users === null || isJoined(listener, users) === false) && !named.has(shownListener)) {
        unjoined.add(shownListener)
        continue
      }
    }
    const counters = readCountersOf(link, listener)
    if (counters === 'gone') continue
    const { ifindex, name, up } = link
    const { routerSolicitsIn, routerAdvertsIn, routerAdvertsOut } = counters
    const tap: Tap = {
      ifindex,
      name: showBytes(name),
      byteName: name,
      listener: shownListener,
      kind,
      up,
      forwarding,
      ipv6Disabled,
      allRoutersUsers,
      routerSolicitsIn,
      routerAdvertsIn,
      routerAdvertsOut,
    }
    if (listener !== null && listener !== link) tap.countedOn = shownListener
    if (locals === undefined) locals = readLocals()
    if (listener !== null && locals !== null) tap.linkLocals = locals.get(listener.ifindex) ?? NO_ADDRESSES
    taps.push(tap)
  }
  return { taps: taps.toSorted((a, b) => a.ifindex - b.ifindex), unjoined }
}

const NO_ADDRESSES: NonNullable<Tap['linkLocals']> = []

const indexLinks = deriveOnce(
  (links: readonly Link[]): ReadonlyMap<number, Link> => new Map(links.map((link) => [link.ifindex, link])),
)

/** Whether a link is a tun device in tap mode. */
export function isTap(link: Link): boolean {
  return link.kind === 'tun' && link.ethernet
}

function kindOf(link: Link): Tap['kind'] | null {
  if (isTap(link)) return 'tap'
  return link.kind === 'macvtap' || link.kind === 'veth' ? link.kind : null
}

/**
 * Bridges without a joined daemon that have a VLAN with one: the collector does not read which taps are in the VLAN.
 */
function findUnclear(
  links: readonly Link[],
  byIndex: ReadonlyMap<number, Link>,
  users: AllRouters,
): ReadonlySet<number> {
  const unclear = new Set<number>()
  for (const link of links) {
    const bridge = link.vlanOf === null ? undefined : byIndex.get(link.vlanOf)
    if (users !== null && bridge !== undefined && isJoined(link, users) && isJoined(bridge, users) === false)
      unclear.add(bridge.ifindex)
  }
  return unclear
}

/**
 * The interface on which a daemon must be joined to hear the tap's VM: the tap itself, or its bridge.
 * Null if the listener cannot be known: behind an Open vSwitch, or on a VLAN of the bridge.
 */
function findListener(link: Link, byIndex: ReadonlyMap<number, Link>, unclear: ReadonlySet<number>): Link | null {
  const master = link.master === null ? undefined : byIndex.get(link.master)
  if (master === undefined) return link
  if (master.kind === 'bridge') return unclear.has(master.ifindex) ? null : master
  return master.kind === 'openvswitch' ? null : link
}
