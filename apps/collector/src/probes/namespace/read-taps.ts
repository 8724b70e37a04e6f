import { showBytes } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import type { TapReport } from '@slashzero/contract/report'
import type { RunRecorder } from '../record-runs.ts'
import { isJoined } from './read-all-routers.ts'
import type { AllRouters } from './read-all-routers.ts'
import type { CounterReader } from './read-counters.ts'

/** A VM's port as the report has it, but for the VM; `byteName` is its name as the kernel has it. */
export type Tap = Omit<TapReport, 'vm'> & { byteName: string }

/**
 * Reads the VM ports among `candidates`, of the namespace that the caller is in, whose interfaces are `links` and whose all-routers
 * group has these `users`.
 *
 * A port is
 * - a `tap`: made by the tun driver and carrying Ethernet frames; a tun without them is a VPN's;
 * - a `macvtap` or a `veth` (of a container or a test host) that an RA daemon serves, which is when somebody besides the
 *   kernel itself is in its all-routers group. Unserved ones are left out, for most have nothing to do with VMs.
 * A vhost-user port has no interface in the kernel, so that no daemon can serve it there: its VM is known, its port is not.
 */
export function readTaps(
  candidates: readonly Link[],
  links: readonly Link[],
  users: AllRouters,
  readCounters: CounterReader,
  runs: RunRecorder,
): Tap[] {
  const byIndex = new Map(links.map((link) => [link.ifindex, link]))
  const unclear = findUnclear(links, byIndex, users)
  const ports: Tap[] = []
  for (const link of candidates) {
    const kind = kindOf(link)
    if (kind === null) continue
    const listener = findListener(link, byIndex, unclear)
    const allRoutersUsers = listener === null || users === null ? null : (users.get(listener.ifindex) ?? 0)
    const forwarding = listener?.forwarding ?? null
    const ipv6Disabled = listener?.ipv6Disabled ?? null
    if (kind !== 'tap' && (listener === null || users === null || isJoined(listener, users) === false)) continue
    const counters = readCounters(link, runs)
    if (counters === 'gone') continue
    const { ifindex, name, up } = link
    const shown = {
      name: showBytes(name),
      byteName: name,
      listener: listener === null ? null : showBytes(listener.name),
    }
    ports.push({ ifindex, ...shown, kind, up, forwarding, ipv6Disabled, allRoutersUsers, ...counters })
  }
  return ports.toSorted((a, b) => a.ifindex - b.ifindex)
}

/** Whether it is a tun device in tap mode. */
export function isTap(link: Link): boolean {
  return link.kind === 'tun' && link.ethernet
}

function kindOf(link: Link): Tap['kind'] | null {
  if (isTap(link)) return 'tap'
  return link.kind === 'macvtap' || link.kind === 'veth' ? link.kind : null
}

/** Bridges of which no daemon has joined itself but a VLAN: which ports are in that is not read. */
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
 * The interface on which a daemon must be joined to hear what the port's VM sends: the port itself, or the bridge that
 * it is a port of. What listens behind an Open vSwitch, or on a VLAN of the bridge, cannot be told from here: null.
 */
function findListener(link: Link, byIndex: ReadonlyMap<number, Link>, unclear: ReadonlySet<number>): Link | null {
  const master = link.master === null ? undefined : byIndex.get(link.master)
  if (master === undefined) return link
  if (master.kind === 'bridge') return unclear.has(master.ifindex) ? null : master
  return master.kind === 'openvswitch' ? null : link
}
