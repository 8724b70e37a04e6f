import type { SocketReport, TapReport } from '@slashzero/contract/report'
import { SEND_BYTES } from '../optmem/headroom.ts'
import { counted, figure } from '../wording/figures.ts'
import { joinedDaemons } from '../tap/joined-daemons.ts'

export type MembershipCount = {
  /** Whole memberships that the socket's option memory pays for. */
  readonly memberships: number | null
  readonly live: number | null
  readonly stale: number | null
  /** Why `stale` is null. */
  readonly reason: string | null
}

/** What the daemons of a namespace have joined. */
export type Joinable = {
  /** Interfaces of the namespace that a daemon has joined; null where they were not counted. */
  readonly joinedInterfaces: number | null
  /** All its taps, or why they could not be listed. */
  readonly taps: readonly TapReport[] | { readonly unreadable: string }
}

/**
 * Tells live from stale memberships for one socket of a namespace. `sockets` are all sender sockets of that namespace, `joinable`
 * what its daemons have joined, `unit` the bytes a membership.
 *
 * Enumerated stale interfaces are believed as they are. Else the stale ones are what option memory pays for and no existing
 * interface accounts for. That needs option memory to be made of memberships alone (or one Router Advertisement under way, 40
 * bytes): any other remainder means that something else is charged, and then nothing is subtracted. igmp6 counts joins of an
 * interface without saying whose they are, so where several sockets hold memberships only a sum that fits all of them is believed.
 * Taps stand for the interfaces where those were not counted: a daemon that serves another interface too, or one bridge with many
 * taps, is then miscounted.
 */
export function countMemberships(
  socket: SocketReport,
  sockets: readonly SocketReport[],
  joinable: Joinable,
  unit: number | null,
): MembershipCount {
  const memberships = wholeMemberships(socket, unit)
  if (socket.staleInterfaceIndexes) {
    const stale = socket.staleInterfaceIndexes.length
    return { memberships, live: memberships === null ? null : Math.max(0, memberships - stale), stale, reason: null }
  }
  const unknown = (reason: string): MembershipCount => ({ memberships, live: null, stale: null, reason })
  if (socket.optmemBytes === null) return unknown(socket.unmeasuredReason ?? 'Its option memory was not measured')
  if (unit === null || memberships === null) return unknown('The bytes of one membership could not be calibrated')
  if (memberships === 0) return { memberships, live: 0, stale: 0, reason: null }

  const remainder = besideMemberships(socket.optmemBytes, unit)
  if (remainder !== 0) {
    return unknown(
      `${counted(remainder, 'byte')} beside whole memberships of ${unit} are charged, so something else is charged too`,
    )
  }
  const joined = countJoined(joinable)
  if ('unknown' in joined) return unknown(joined.unknown)

  const holders = sockets.filter((other) => other.optmemBytes === null || other.optmemBytes >= unit)
  if (holders.length > 1)
    return countTogether(holders, joined.joins, unit, memberships) ?? unknown(shared(holders.length))
  const live = joined.interfaces
  if (live > memberships) {
    return unknown(
      `It holds ${counted(memberships, 'membership')}, yet ${counted(live, 'interface is', 'interfaces are')} joined`,
    )
  }
  return { memberships, live, stale: memberships - live, reason: null }
}

/** Interfaces that are joined, and the daemons on each of them together. */
type Joined = { readonly interfaces: number; readonly joins: number }

function countJoined({ joinedInterfaces, taps }: Joinable): Joined | { readonly unknown: string } {
  const atTaps = countAtTaps(taps)
  if (joinedInterfaces === null) return atTaps
  // Only taps tell of two daemons on one interface, and only where they are all that is joined.
  if ('interfaces' in atTaps && atTaps.interfaces === joinedInterfaces) return atTaps
  return { interfaces: joinedInterfaces, joins: joinedInterfaces }
}

function countAtTaps(taps: Joinable['taps']): Joined | { readonly unknown: string } {
  if ('unreadable' in taps) return { unknown: `Taps could not be listed: ${taps.unreadable}` }
  const unreadable = taps.find((tap) => joinedDaemons(tap) === null)
  if (unreadable) return { unknown: `Whether ${unreadable.name} is joined could not be read` }
  const daemons = taps.map((tap) => joinedDaemons(tap) ?? 0)
  return {
    interfaces: daemons.filter((count) => count > 0).length,
    joins: daemons.reduce((sum, count) => sum + count, 0),
  }
}

function wholeMemberships(socket: SocketReport, unit: number | null): number | null {
  return unit === null || socket.optmemBytes === null ? null : Math.floor(socket.optmemBytes / unit)
}

function besideMemberships(used: number, unit: number): number {
  const remainder = used % unit
  return remainder === SEND_BYTES ? 0 : remainder
}

/** Where several sockets hold just as many memberships as existing interfaces have joins, none is stale. */
function countTogether(
  holders: readonly SocketReport[],
  joins: number,
  unit: number,
  memberships: number,
): MembershipCount | null {
  const exact = holders.every(
    (holder) => holder.optmemBytes !== null && besideMemberships(holder.optmemBytes, unit) === 0,
  )
  const held = holders.reduce((sum, holder) => sum + (wholeMemberships(holder, unit) ?? 0), 0)
  return exact && held === joins ? { memberships, live: memberships, stale: 0, reason: null } : null
}

function shared(sockets: number): string {
  return `${figure(sockets)} sockets hold memberships in this namespace, and the kernel does not say whose a joined interface is`
}
