import type { OtherSocket } from '../../io/kernel.ts'

export type SweepInput = {
  socket: OtherSocket
  /** Interfaces that exist. */
  live: ReadonlySet<number>
  /** Reads the existing interfaces again, because more may have come since `live` was read. */
  readLive: () => ReadonlySet<number>
  /** The number of memberships that fit the socket's option memory; null if the size of a membership is unknown. */
  expected: number | null
  /** The maximum of questions about interfaces that do not exist. */
  questions: number
}

export type Sweep = {
  /** Dead interfaces with a membership, in rising order; null until every index was asked for once. */
  stale: number[] | null
  /** Live interfaces with a membership. */
  joined: number[]
  /** The number of questions asked about interfaces that do not exist. */
  asked: number
}

/**
 * Finds the memberships of ff02::2 that a socket holds. The kernel has no list of memberships. The kernel answers for
 * one interface index at a time, also for the index of a dead interface. The kernel gives out indexes in rising order
 * and never twice. So a dead index below the highest that was no member never becomes a member, and is not asked for
 * again.
 *
 * An interface above the highest index may have come and gone between two looks. While the option memory has room for
 * more memberships than were found, the sweep also searches above the highest index. Other contents of option memory
 * (filters, sticky options) only prolong that search; they never make a membership appear or vanish.
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
  /**
   * Whether one look searched the whole distance. A search over several looks is repeated, because interfaces may have
   * come.
   */
  let settled = false
  let lastExpected: number | null = null

  return ({ socket, live, readLive, expected, questions }) => {
    let left = questions
    const isMember = (ifindex: number): boolean => {
      left -= 1
      return socket.holdsAllRouters(ifindex)
    }
    let present = live
    const askDead = (ifindex: number): void => {
      if (!present.has(ifindex) && isMember(ifindex)) stale.add(ifindex)
    }
    const raiseTop = (ifindex: number): void => {
      if (ifindex <= top) return
      pending.push({ from: top + 1, to: ifindex })
      top = ifindex
      restartSearch()
    }
    const restartSearch = (): void => {
      above = 0
      settled = false
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
    if (expected !== lastExpected) restartSearch()
    const continues = above > 0
    lastExpected = expected

    searchAbove(NEAR)
    searchPending()
    if (pending.length === 0) searchAbove(FAR)
    if (above >= FAR && !settled) {
      settled = true
      if (continues) {
        above = 0
        searchAbove(FAR)
      }
    }
    alive = present
    const complete = pending.length === 0 || isAllFound()
    return { stale: complete ? [...stale].toSorted((a, b) => a - b) : null, joined, asked: questions - left }

    function askLive(ifindex: number): void {
      if (socket.holdsAllRouters(ifindex)) joined.push(ifindex)
    }

    /** A membership that is still held goes to the end of the queue. */
    function confirm(ifindex: number): void {
      stale.delete(ifindex)
      if (isMember(ifindex)) stale.add(ifindex)
    }

    function searchPending(): void {
      for (let range = pending.at(-1); range !== undefined; range = pending.at(-1)) {
        for (; range.to >= range.from; range.to -= 1) {
          if (left <= 0 || isAllFound()) return
          askDead(range.to)
        }
        pending.pop()
      }
    }

    function searchAbove(distance: number): void {
      const higher: number[] = []
      for (; above < distance;) {
        if (left <= 0 || (expected !== null && found() + higher.length >= expected)) break
        above += 1
        if (isMember(top + above)) higher.push(top + above)
      }
      if (higher.length === 0) return
      present = readLive()
      for (const ifindex of higher) if (!present.has(ifindex)) stale.add(ifindex)
      raiseTop(Math.max(...higher))
    }
  }
}

function take(set: ReadonlySet<number>, count: number): number[] {
  return set.values().take(count).toArray()
}

/**
 * The number of known stale memberships that each look asks for again, in turn. The option memory does not show that
 * one membership was dropped and another leaked. If the option memory shows fewer memberships, a look asks for all.
 */
const CONFIRMED = 256
const NEAR = 1024
const FAR = 65_536
