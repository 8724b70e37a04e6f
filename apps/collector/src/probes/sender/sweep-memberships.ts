import type { OtherSocket } from '../../io/kernel.ts'

export type SweepInput = {
  socket: OtherSocket
  /** Interfaces that exist. */
  live: ReadonlySet<number>
  /** Reads the existing interfaces again: some may have come since `live` was read. */
  readLive: () => ReadonlySet<number>
  /** Memberships that the socket's option memory stands for; null if the bytes of a membership are unknown. */
  expected: number | null
  /** Whether the socket belongs to a known RA daemon, so that memberships are what fills its option memory. */
  ofDaemon: boolean
  /** Whether there is time to search on. Asked before each question about an interface that was never seen. */
  mayAsk: () => boolean
}

export type Sweep = {
  /** Deleted interfaces on which the socket is found to be a member, in rising order. */
  stale: number[]
  /** Whether `stale` is all: what was found accounts for the option memory, or nothing says that the socket is a sender's. */
  complete: boolean
  /** Live interfaces on which the socket is a member. */
  joined: number[]
}

/**
 * Finds the memberships of ff02::2 that a socket holds. The kernel has no list of memberships. The kernel answers for
 * one interface index at a time, also for the index of a dead interface. The kernel gives out indexes in rising order
 * and never twice. So a dead index below the highest that was no member never becomes a member, and is not asked for
 * again.
 *
 * A dead interface may be far above every live interface. While the option memory stands for more memberships than were
 * found, the search goes up towards the highest index that Linux has, a part of the way in each look.
 */
export function createSweep(): (input: SweepInput) => Sweep {
  const stale = new Set<number>()
  /** Members or not, at the last look: when one dies, it has to be asked for. */
  let alive: ReadonlySet<number> = new Set()
  /** The live interfaces that the socket was a member on at the last look. */
  let members: ReadonlySet<number> = new Set()
  /** The highest index known to have been given out. */
  let top = 0
  /** Indexes up to `top` that were never asked for; the last range is searched first, from its end. */
  const pending: { from: number; to: number }[] = []
  /** How far above `top` the search went since anything changed. */
  let above = 0
  /** The highest index that the search far above `top` has asked for. */
  let far = 0
  let lastExpected: number | null = null

  return ({ socket, live, readLive, expected, ofDaemon, mayAsk }) => {
    let present = live
    const askDead = (ifindex: number): void => {
      if (!present.has(ifindex) && socket.holdsAllRouters(ifindex)) stale.add(ifindex)
    }
    const raiseTop = (ifindex: number): void => {
      if (ifindex <= top) return
      pending.push({ from: top + 1, to: ifindex })
      top = ifindex
      above = 0
    }

    const joined: number[] = []
    const found = (): number => joined.length + stale.size
    const isAllFound = (): boolean => expected !== null && found() >= expected

    for (const ifindex of stale) if (live.has(ifindex)) stale.delete(ifindex)
    for (const ifindex of alive) askDead(ifindex)
    const few = stale.size <= CONFIRMED
    if (few) for (const ifindex of take(stale, CONFIRMED)) confirm(ifindex)
    // A daemon can have a socket for each interface: known memberships need no question on the other sockets.
    for (const ifindex of members) if (live.has(ifindex)) askLive(ifindex)
    for (const ifindex of live) {
      if (few && isAllFound()) break
      if (!members.has(ifindex)) askLive(ifindex)
    }
    members = new Set(joined)
    if (!few) {
      const dropped = expected !== null && found() > expected
      for (const ifindex of dropped ? [...stale] : take(stale, CONFIRMED)) confirm(ifindex)
    }
    raiseTop(Math.max(...live))
    if (expected !== lastExpected && far === HIGHEST) far = 0
    if (expected !== lastExpected || pending.length === 0) above = 0
    lastExpected = expected

    // An interface may have come and gone where an earlier look searched.
    let again = above > 0
    for (;;) {
      searchNear()
      searchPending()
      if (pending.length > 0 || isAllFound()) break
      if (again) above = 0
      else if (!searchFar()) break
      again = false
    }
    alive = present
    const complete = isAllFound() || (!isSender() && pending.length === 0)
    return { stale: [...stale].toSorted((a, b) => a - b), complete, joined }

    function isSender(): boolean {
      return ofDaemon || found() > 0
    }

    function askLive(ifindex: number): void {
      if (socket.holdsAllRouters(ifindex)) joined.push(ifindex)
    }

    /** A membership that is still held goes to the end of the queue. */
    function confirm(ifindex: number): void {
      stale.delete(ifindex)
      if (socket.holdsAllRouters(ifindex)) stale.add(ifindex)
    }

    function searchPending(): void {
      for (let range = pending.at(-1); range !== undefined; range = pending.at(-1)) {
        for (; range.to >= range.from; range.to -= 1) {
          if (isAllFound() || !mayAsk()) return
          askDead(range.to)
        }
        pending.pop()
      }
    }

    function searchNear(): void {
      const higher: number[] = []
      for (; above < NEAR && top + above < HIGHEST;) {
        if ((expected !== null && found() + higher.length >= expected) || !mayAsk()) break
        above += 1
        if (socket.holdsAllRouters(top + above)) higher.push(top + above)
      }
      if (higher.length > 0) addHigher(higher)
    }

    /** Whether the search came upon another membership. */
    function searchFar(): boolean {
      far = Math.max(far, Math.min(top + NEAR, HIGHEST))
      const end = isSender() ? HIGHEST : Math.min(top + FAR, HIGHEST)
      while (far < end && !isAllFound() && mayAsk()) {
        far += 1
        if (!socket.holdsAllRouters(far)) continue
        addHigher([far])
        return true
      }
      return false
    }

    function addHigher(higher: readonly number[]): void {
      present = readLive()
      for (const ifindex of higher) {
        if (present.has(ifindex)) joined.push(ifindex)
        else stale.add(ifindex)
      }
      raiseTop(Math.max(...higher))
    }
  }
}

function take(set: ReadonlySet<number>, count: number): number[] {
  return set.values().take(count).toArray()
}

/**
 * As many of the known memberships are asked for again at each look, in turn: when one was dropped and another leaked, the
 * option memory is what it was. When the option memory says that there are fewer, all are.
 */
const CONFIRMED = 256
const NEAR = 1024
const FAR = 65_536
/** Interface indexes are positive and signed (net/core/dev.c, dev_index_reserve). */
const HIGHEST = 2_147_483_647
