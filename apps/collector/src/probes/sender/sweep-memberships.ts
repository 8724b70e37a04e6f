import type { OtherSocket } from '../../io/kernel.ts'

export type SweepInput = {
  socket: OtherSocket
  /** Interfaces that exist. */
  live: ReadonlySet<number>
  /** Reads the existing interfaces again, because more may have come since `live` was read. */
  readLive: () => ReadonlySet<number>
  /** The number of memberships that fit the socket's option memory; null if the size of a membership is unknown. */
  expected: number | null
  /** Whether the socket belongs to a known RA daemon, so that only memberships fill its option memory. */
  ofDaemon: boolean
  /** Whether there is time to continue. Called before each question about an interface that was never seen. */
  mayAsk: () => boolean
}

export type Sweep = {
  /** Deleted interfaces with a membership of the socket, in rising order. */
  stale: number[]
  /**
   * Whether `stale` is complete: the found memberships explain the option memory, or the socket may not be a sender's.
   */
  complete: boolean
  /** Live interfaces with a membership of the socket. */
  joined: number[]
}

/**
 * Finds a socket's memberships of ff02::2 by asking index by index. Indexes rise and never repeat, so a dead index that
 * was no member is not asked again. While option memory has room, each look searches further up.
 */
export function createSweep(): (input: SweepInput) => Sweep {
  const stale = new Set<number>()
  /** All live interfaces at the last look. An interface that dies has to be asked for. */
  let alive: ReadonlySet<number> = new Set()
  /** The live interfaces with a membership at the last look. */
  let members: ReadonlySet<number> = new Set()
  /** The highest index that the kernel is known to have given out. */
  let top = 0
  /** Indexes up to `top` that were never asked for. The search starts at the end of the last range. */
  const pending: { from: number; to: number }[] = []
  /** The distance above `top` that was searched since the last change. */
  let above = 0
  /** The highest index that the far search above `top` has asked for. */
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
    // A daemon can have a socket for each interface, so known members come first and save questions about the others.
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

    // An interface may have come and gone in a range that an earlier look searched.
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

    /** Whether the search found another membership. */
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
 * The number of known stale memberships that each look asks for again, in turn. The option memory does not show that
 * one membership was dropped and another leaked. If it shows fewer memberships, a look asks for all.
 */
const CONFIRMED = 256
const NEAR = 1024
const FAR = 65_536
/** Interface indexes are positive and signed (net/core/dev.c, dev_index_reserve). */
const HIGHEST = 2_147_483_647
