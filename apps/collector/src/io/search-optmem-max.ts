import { AF_INET6, MCAST_MSFILTER, SOCK_DGRAM, SOL_IPV6 } from '@slashzero/linux/uapi'
import { isRefusal } from './kernel.ts'
import * as system from './system-calls.ts'

/**
 * The limit of option memory that the kernel applies to sockets of this thread's network namespace, in bytes, for where
 * no file shows it: before Linux 6.8 that is every namespace but the first. setsockopt(MCAST_MSFILTER) refuses with
 * ENOBUFS what is longer than the limit before it reads it (net/ipv6/ipv6_sockglue.c), and with no memory to read from
 * the rest fails with EFAULT: so the longest that is not refused is the limit, and nothing is ever set. Throws where it
 * is above 1 MiB.
 */
export function searchOptmemMax(): number {
  const socket = system.openSocket(AF_INET6, SOCK_DGRAM, 0)
  try {
    let accepted = SHORTEST
    let refused = SHORTEST * 2
    // The kernel allocates an accepted length, so start small.
    for (; !isRefused(socket, refused); refused *= 2) {
      accepted = refused
      if (accepted >= LONGEST)
        throw new Error('net.core.optmem_max is above 1 MiB, and only the first network namespace shows it')
    }
    while (refused - accepted > 1) {
      const middle = Math.floor((accepted + refused) / 2)
      if (isRefused(socket, middle)) refused = middle
      else accepted = middle
    }
    return accepted
  } finally {
    system.closeDescriptor(socket)
  }
}

function isRefused(socket: number, length: number): boolean {
  try {
    system.setSocketOption(socket, SOL_IPV6, MCAST_MSFILTER, null, length)
    return false
  } catch (error) {
    if (isRefusal(error, 'EFAULT', 'ENOMEM')) return false
    if (isRefusal(error, 'ENOBUFS')) return true
    throw error
  }
}

/** Of a filter without sources; a shorter one is refused for being none. */
const SHORTEST = 144
const LONGEST = 1024 * 1024
