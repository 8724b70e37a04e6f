import { describeBlock, nameSocket } from '../socket/describe-socket.ts'
import type { SocketState, TapState } from '../state.ts'
import { moment } from '../wording/figures.ts'

/** A restart ends routes at once and delays advertisements. radvd's default lifetime bounds how long the effect shows. */
const RESTART_EFFECT = 1_800_000

/**
 * Why a VM's route is missing or about to end, as its hypervisor shows; null if unknown. `since` is when the route ended.
 * A full socket comes first, because it also explains what its taps show, unless another sender serves them.
 */
export function explainMissing(
  taps: readonly TapState[],
  sockets: readonly SocketState[],
  since: number,
): string | null {
  const places = new Set(taps.map((tap) => tap.namespaceId))
  const near = sockets.filter((socket) => places.has(socket.namespaceId))
  const unserved = new Set(taps.filter((tap) => tap.status !== 'served').map((tap) => tap.namespaceId))
  const full = near.find((socket) => socket.sendsBlocked && unserved.has(socket.namespaceId))
  if (full)
    return `The sender's socket is full${fullBy(full)}: ${describeBlock(full)} (${nameSocket(full)})${replaced(full)}`
  for (const tap of taps) {
    const cause = explainTap(tap, near)
    if (cause !== null) return cause
  }
  const restarted = near.find(
    ({ memory }) => memory.appearedAt !== null && Math.abs(since - memory.appearedAt) <= RESTART_EFFECT,
  )
  if (restarted && restarted.memory.appearedAt !== null) {
    return `The sender opened a new socket at ${moment(restarted.memory.appearedAt)} (${nameSocket(restarted)})${replaced(restarted)}`
  }
  const outdated = near.find((socket) => socket.executableDeleted)
  return outdated ? `The sender (${nameSocket(outdated)}) runs an old executable until it is restarted` : null
}

function explainTap(tap: TapState, near: readonly SocketState[]): string | null {
  const full = near.find((socket) => socket.namespaceId === tap.namespaceId && socket.joinsLeft === 0)
  if (tap.status === 'not-joined' && full) {
    return `The sender could not join on ${tap.name}, because its socket is full${fullBy(full)}: ${describeBlock(full)} (${nameSocket(full)})`
  }
  if (!tap.up) return `${tap.name} is down`
  if (tap.status === 'served' || tap.status === 'unknown') return tap.memory.harmful ?? null
  return `${tap.name}: ${tap.statusReason}`
}

function fullBy({ staleMemberships: stale }: SocketState): string {
  if (stale === null) return ''
  return stale > 0 ? ' by a leak' : ' without a leak'
}

function replaced({ executableDeleted }: SocketState): string {
  return executableDeleted ? '; it runs an old executable until it is restarted' : ''
}
