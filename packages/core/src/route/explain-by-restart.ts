import { nameSocket } from '../socket/describe-socket.ts'
import type { RouteCheckState, RouteVerdict, SocketsByNamespace, SocketState, TapState, VmMemory } from '../state.ts'
import { moment } from '../wording/figures.ts'

export type Loss = {
  readonly route: Pick<RouteVerdict, 'status' | 'since'>
  /** The check that decided the verdict. */
  readonly check: RouteCheckState | null
  readonly present: VmMemory['present']
  /** The VM's taps. */
  readonly taps: readonly TapState[]
  readonly sockets: SocketsByNamespace
}

/** A guest reports whole seconds, and the clock skew of each report differs slightly. */
const SAME_END = 5000

/**
 * A sender with a new socket before the loss and no advertisement to the VM since; null otherwise. A restart ends
 * routes by a farewell (router lifetime 0; RFC 4861, 6.2.5), and its first advertisement gives them back.
 */
export function explainByRestart({ route, present, taps }: Loss, sockets: readonly SocketState[]): string | null {
  if (!present) return null
  const tapsOf = Map.groupBy(taps, ({ namespaceId }) => namespaceId)
  for (const socket of sockets) {
    const { appearedAt, appearedAfter = null } = socket.memory
    if (appearedAt === null || appearedAfter === null || route.since <= appearedAfter) continue
    const served = tapsOf.get(socket.namespaceId) ?? []
    if (!served.every((tap) => isQuietSince(tap, appearedAfter))) continue
    // A route that the guest still had after the restart can only have run out.
    const ended = present.at <= appearedAfter || (present.expiresAt ?? Infinity) <= route.since + SAME_END
    if (route.status === 'missing' && !ended) continue
    const names = served.map(({ name }) => name).join(', ')
    return `The sender (${nameSocket(socket)}) opened a new socket at ${moment(appearedAt)} and has not advertised on ${names} since`
  }
  return null
}

/** Whether the counter shows that no advertisement went out on the tap after `at`. */
function isQuietSince({ routerAdvertsOut, memory }: TapState, at: number): boolean {
  return routerAdvertsOut !== null && (memory.advertisedAt === null || memory.advertisedAt <= at)
}
