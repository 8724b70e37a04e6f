import { SEND_BYTES, type SocketReport, type TapReport } from '@slashzero/contract/report'
import { counted, figure } from '../wording/figures.ts'
import { joinedDaemons } from '../report/joined-daemons.ts'

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
  /** Interfaces of the namespace that a daemon has joined; null if not counted. */
  readonly joinedInterfaces: number | null
  /** All taps of the namespace, or why they could not be listed. */
  readonly taps: readonly TapReport[] | { readonly unreadable: string }
}

/**
 * Splits a socket's memberships into live and stale; null with a reason if the joins do not account for all `sockets`.
 * Stale: the interfaces found, otherwise what no existing interface explains. `unit`: bytes of a membership.
 */
export function countMemberships(
  socket: SocketReport,
  sockets: readonly SocketReport[],
  joinable: Joinable,
  unit: number | null,
): MembershipCount {
  const memberships = wholeMemberships(socket, unit)
  const unknown = (reason: string): MembershipCount => ({ memberships, live: null, stale: null, reason })
  if (socket.optmemBytes === null) return unknown(socket.unmeasuredReason ?? 'The option memory was not measured')
  if (unit === null || memberships === null) return unknown('The size of a membership could not be calibrated')
  if (memberships === 0) return { memberships, live: 0, stale: 0, reason: null }
  const told = takeList(socket, joinable, memberships)
  if (told !== null) return told

  const remainder = besideMemberships(socket.optmemBytes, unit)
  if (remainder !== 0) {
    return unknown(
      `${counted(remainder, 'byte is', 'bytes are')} charged beyond whole memberships of ${unit} bytes: something else is charged too`,
    )
  }
  if (socket.joinedInterfaces !== undefined) return split(memberships, socket.joinedInterfaces)
  const joined = countJoined(joinable)
  if ('unknown' in joined) return unknown(joined.unknown)

  const holders = sockets.filter((other) => other.optmemBytes === null || other.optmemBytes >= unit)
  if (holders.length > 1)
    return countTogether(holders, joined.joins, unit, memberships) ?? unknown(shared(holders.length))
  return split(memberships, joined.interfaces)
}

/** The listed stale interfaces, if they and the joins account for every membership: older collectors miss some. */
function takeList(
  { staleInterfaceIndexes, joinedInterfaces }: SocketReport,
  joinable: Joinable,
  memberships: number,
): MembershipCount | null {
  if (staleInterfaceIndexes === null) return null
  const joined = countInterfaces(joinedInterfaces ?? joinable.joinedInterfaces, joinable)
  const stale = staleInterfaceIndexes.length
  const live = memberships - stale
  // Other sockets may have joined the rest.
  if ('unknown' in joined || live < 0 || live > joined.interfaces) return null
  return { memberships, live, stale, reason: null }
}

function split(memberships: number, live: number): MembershipCount {
  if (live <= memberships) return { memberships, live, stale: memberships - live, reason: null }
  const reason = `The socket holds ${counted(memberships, 'membership')}, but ${counted(live, 'interface is', 'interfaces are')} joined`
  return { memberships, live: null, stale: null, reason }
}

/** Joined interfaces, and the sum of the daemons on each. */
type Joined = { readonly interfaces: number; readonly joins: number }

/** `asked`: the joined interfaces if the socket or the namespace was asked. */
function countInterfaces(asked: number | null, { taps }: Joinable): { interfaces: number } | { unknown: string } {
  return asked === null ? countAtTaps(taps) : { interfaces: asked }
}

function countJoined({ joinedInterfaces, taps }: Joinable): Joined | { readonly unknown: string } {
  const atTaps = countAtTaps(taps)
  if (joinedInterfaces === null) return atTaps
  // Only taps show two daemons on one interface, and only if nothing but taps is joined.
  if ('interfaces' in atTaps && atTaps.interfaces === joinedInterfaces) return atTaps
  return { interfaces: joinedInterfaces, joins: joinedInterfaces }
}

function countAtTaps(taps: Joinable['taps']): Joined | { readonly unknown: string } {
  if ('unreadable' in taps) return { unknown: `Taps could not be listed: ${taps.unreadable}` }
  const sum = { interfaces: 0, joins: 0 }
  for (const tap of taps) {
    const daemons = joinedDaemons(tap)
    if (daemons === null) return { unknown: `Could not read whether ${tap.name} is joined` }
    if (daemons > 0) sum.interfaces += 1
    sum.joins += daemons
  }
  return sum
}

function wholeMemberships(socket: SocketReport, unit: number | null): number | null {
  return unit === null || socket.optmemBytes === null ? null : Math.floor(socket.optmemBytes / unit)
}

function besideMemberships(used: number, unit: number): number {
  const remainder = used % unit
  return remainder === SEND_BYTES ? 0 : remainder
}

/** If several sockets hold exactly as many memberships as existing interfaces have joins, no membership is stale. */
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
  return `${figure(sockets)} sockets hold memberships in this namespace, and the kernel does not say which socket has joined an interface`
}
