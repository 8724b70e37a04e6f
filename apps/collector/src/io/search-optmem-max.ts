import { AF_INET6, MCAST_MSFILTER, SOCK_DGRAM, SOL_IPV6 } from '@slashzero/linux/uapi'
import { isRefusal } from './kernel.ts'
import * as system from './system-calls.ts'

/**
 * The namespace's limit of option memory in bytes, if no file shows it: the longest MCAST_MSFILTER that fails with
 * EFAULT and not ENOBUFS (net/ipv6/ipv6_sockglue.c), so nothing is ever set. Throws if the limit is above 1 MiB.
 */
export function searchOptmemMax(): number {
  const socket = system.openSocket(AF_INET6, SOCK_DGRAM, 0)
  try {
    let accepted = MIN_LENGTH
    let refused = MIN_LENGTH * 2
    // The kernel allocates an accepted length, so start small.
    for (; !isRefused(socket, refused); refused *= 2) {
      accepted = refused
      if (accepted >= MAX_LENGTH)
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

/** The length of a filter without sources. The kernel refuses a shorter filter as invalid. */
const MIN_LENGTH = 144
const MAX_LENGTH = 1024 * 1024
