import { ALL_ROUTERS, parseIgmp6 } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { OWN_TABLES } from './list-namespaces.ts'
import { createTableReader } from './read-table.ts'

/** Users of ff02::2 by interface, in the namespace that the caller is in; null if they could not be read. */
export type AllRouters = ReadonlyMap<number, number> | null

/** Reads the users of the group from igmp6, which lists every interface with at least one user, in one namespace. */
export function createAllRoutersReader(kernel: Kernel): (runs: RunRecorder) => AllRouters {
  const read = createTableReader(kernel, `${OWN_TABLES}/igmp6`, (text, file) => {
    return new Map(parseIgmp6(text, ALL_ROUTERS, file).map(({ ifindex, users }) => [ifindex, users]))
  })
  return (runs) =>
    runs.attempt(
      'all-routers-users',
      () => {
        try {
          return read()
        } catch (error) {
          if (!isRefusal(error, 'ENOENT')) throw error
          runs.absent('all-routers-users', `no IPv6 in this kernel: ${error.message}`)
          return null
        }
      },
      null,
    )
}

/**
 * Counts the interfaces among `links` that a process has joined the group on; null if one of them is unknown. An
 * interface that came after the reading of `links` does not count, because radvd joins about a second later.
 */
export function countJoined(links: readonly Link[], users: AllRouters): number | null {
  if (users === null) return null
  let count = 0
  for (const link of links) {
    const joined = isJoined(link, users)
    if (joined === null) return null
    if (joined) count += 1
  }
  return count
}

/**
 * Whether a process has joined the group on this interface; null if unknown. The kernel itself joins if forwarding is
 * on and the interface has multicast, unlike `lo` (net/ipv6/addrconf.c, ipv6_add_dev and dev_forward_change).
 */
export function isJoined(link: Link, users: NonNullable<AllRouters>): boolean | null {
  const count = users.get(link.ifindex) ?? 0
  if (count === 0) return false
  return link.forwarding === null ? null : count > (link.forwarding && link.multicast ? 1 : 0)
}
