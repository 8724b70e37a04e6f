import { describeBlock, nameSocket } from '../socket/describe-socket.ts'
import type { SocketState, TapState } from '../state.ts'
import type { Loss } from './explain-by-restart.ts'

/** What on the host keeps every advertisement from a VM. */
export type HostFault = {
  readonly sentence: string
  /** The same, to stand after "because". */
  readonly clause: string
  /** Whether a report showed the host without the fault when the route had already gone. */
  readonly isLate: boolean
}

/**
 * The fault of the host that keeps advertisements from a VM now; null if none is known. A full socket comes first
 * unless another sender serves its taps, because a full socket also explains what its taps show.
 */
export function findHostFault(loss: Loss): HostFault | null {
  for (const find of [findFullSocket, findTapFault]) {
    for (const tap of loss.taps) {
      const fault = find(tap, loss)
      if (fault !== null) return fault
    }
  }
  return null
}

function findFullSocket({ namespaceId, status, memory }: TapState, { route, sockets }: Loss): HostFault | null {
  const full = sockets.get(namespaceId)?.find(({ sendsBlocked }) => sendsBlocked)
  if (status === 'served' || full === undefined) return null
  const sound = Math.max(full.memory.sendsUntil ?? 0, memory.servedUntil ?? 0)
  const isLate = sound >= route.since || (memory.advertisedAt ?? 0) > route.since
  return say(`The sender's socket is full${describeFull(full)}${replaced(full)}`, isLate)
}

function findTapFault(tap: TapState, { route, sockets }: Loss): HostFault | null {
  const { name, status, statusReason, memory } = tap
  // A solicitation only reveals that the sender is silent, perhaps for long.
  const isLate =
    status === 'unanswered-solicitations'
      ? (memory.advertisedAt ?? 0) > route.since
      : (memory.servedUntil ?? 0) >= route.since
  const full = sockets.get(tap.namespaceId)?.find(({ joinsLeft }) => joinsLeft === 0)
  if (status === 'not-joined' && full && (isLate || (full.memory.joinsUntil ?? 0) < route.since)) {
    return say(`The sender could not join on ${name}, because its socket is full${describeFull(full)}`, isLate)
  }
  if (!tap.up) return { ...say(`${name} is down while its VM runs`, isLate), clause: `${name} is down` }
  if (status === 'served' || status === 'unknown') return null
  // A missing daemon is one cause for all VMs of the namespace.
  if (status === 'no-sender') return say(statusReason, isLate)
  return { sentence: `${name}: ${statusReason}`, clause: `on ${name}, ${statusReason}`, isLate }
}

function say(sentence: string, isLate: boolean): HostFault {
  return { sentence, clause: `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`, isLate }
}

function describeFull(socket: SocketState): string {
  const { staleMemberships: stale } = socket
  const how = stale === null ? '' : stale > 0 ? ' by a leak' : ' without a leak'
  return `${how}: ${describeBlock(socket)} (${nameSocket(socket)})`
}

function replaced({ executableDeleted }: SocketState): string {
  return executableDeleted ? '; it runs an old executable until it is restarted' : ''
}
