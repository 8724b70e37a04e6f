import type { SocketState } from '../state.ts'
import { counted, figure } from '../wording/figures.ts'

/** `365 stale memberships hold 20,440 of 20,480 bytes`: what fills a socket's option memory, as far as known. */
export function describeUsage(socket: SocketState): string {
  const { optmemBytes: used, optmemMaxBytes: limit, liveMemberships: live, staleMemberships: stale } = socket
  if (used === null) return `Option memory was not measured: ${socket.unmeasuredReason ?? 'no reason was given'}`
  const bytes =
    limit === null ? `${figure(used)} bytes; the limit could not be read` : `${figure(used)} of ${figure(limit)} bytes`
  const kinds = [stale ? `${figure(stale)} stale` : '', live ? `${figure(live)} live` : '']
    .filter(Boolean)
    .join(' and ')
  if (kinds) return `${kinds} ${(stale ?? 0) + (live ?? 0) === 1 ? 'membership holds' : 'memberships hold'} ${bytes}`
  if (socket.memberships) return `${counted(socket.memberships, 'membership')}, stale or live, hold ${bytes}`
  return `Option memory in use is ${bytes}`
}

/** Whether a socket blocks sends or joins. False if neither is known. */
export function isFull({ joinsLeft, sendsBlocked }: Pick<SocketState, 'joinsLeft' | 'sendsBlocked'>): boolean {
  return joinsLeft === 0 || sendsBlocked === true
}

/** The cause and the effect of a socket that blocks sends or joins. */
export function describeBlock(socket: SocketState): string {
  const effect = socket.sendsBlocked ? 'every Router Advertisement fails' : 'no further tap can be joined'
  const honest = socket.staleMemberships === 0 ? ', none of them stale' : ''
  return `${describeUsage(socket)}${honest}; ${effect}`
}

/** `radvd 2.19, pid 913, in qrouter-1`. */
export function nameSocket(socket: SocketState): string {
  const version = socket.version === null ? '' : ` ${socket.version}`
  const place = socket.namespaceName === null ? '' : `, in ${socket.namespaceName}`
  return `${socket.daemon}${version}, pid ${socket.pid}${place}`
}
