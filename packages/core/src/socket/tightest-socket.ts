import type { SocketState } from '../state.ts'

type Headroom = Pick<SocketState, 'optmemBytes' | 'optmemMaxBytes' | 'sendsBlocked' | 'joinsLeft'>

/**
 * The socket with the least headroom, which stands for the hypervisor; null without sockets. Unmeasured sockets come
 * last.
 */
export function tightestSocket<Socket extends Headroom>(sockets: readonly Socket[]): Socket | null {
  return sockets.toSorted(compareTightestFirst)[0] ?? null
}

function compareTightestFirst(a: Headroom, b: Headroom): number {
  return (
    Number(b.sendsBlocked === true) - Number(a.sendsBlocked === true) ||
    Number(b.joinsLeft === 0) - Number(a.joinsLeft === 0) ||
    shareUsed(b) - shareUsed(a)
  )
}

function shareUsed({ optmemBytes, optmemMaxBytes }: Headroom): number {
  if (optmemBytes === null || optmemMaxBytes === null) return -1
  return optmemMaxBytes === 0 ? Number.MAX_VALUE : optmemBytes / optmemMaxBytes
}
