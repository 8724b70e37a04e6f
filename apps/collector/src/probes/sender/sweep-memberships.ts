import type { OtherSocket } from '../../io/kernel.ts'

export type SweepInput = {
  socket: OtherSocket
  /** Interfaces that exist. */
  live: ReadonlySet<number>
  /** Reads the existing interfaces again: some may have come since `live` was read. */
  readLive: () => ReadonlySet<number>
  /** Memberships that the socket's option memory can stand for; null where the unit is not known. */
  expected: number | null
  /** The most questions to ask the kernel now about interfaces that do not exist. */
  questions: number
}

export type Sweep = {
  /** Of dead interfaces, in rising order; null until every index has been asked for once. */
  stale: number[] | null
  /** Live interfaces that it is a member on. */
  joined: number[]
  /** Such questions that it was asked. */
  asked: number
}

/**
 * Finds which memberships of ff02::2 a socket holds. The kernel has no list of them but answers for one interface index
 * at a time, also for a dead one. Indexes are given out in rising order and not twice, so a dead one below the
 * highest that was not a member stays so and is never asked for again.
 *
 * An interface above the highest seen may have come and gone between two looks: as long as the option memory tells of
 * more memberships than were found, some way above the highest is searched too. What else is charged to option
 * memory (filters, sticky options) only makes that search go on, and never a membership appear or vanish.
 */
export function createSweep(): (input: SweepInput) => Sweep {
  const stale = new Set<number>()
  /** Members or not, at the last look: when one dies, it has to be asked for. */
  let alive: ReadonlySet<number> = new Set()
  /** The live interfaces that it was a member on at the last look. */
  let members: ReadonlySet<number> = new Set()
  /** The highest index known to have been given out. */
  let top = 0
  /** Indexes up to `top` that were never asked for; the last range is searched first, from its end. */
  const pending: { from: number; to: number }[] = []
  /** How far above `top` was searched since anything changed. */
  let above = 0
  /** Whether all of that was searched at once, or searched again after it had taken several looks, between which some may have come. */
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
 * Of the known ones, as many are asked for again at each look, in turn: when one was dropped and another leaked, the
 * option memory is what it was. When it says that there are fewer, all are.
 */
const CONFIRMED = 256
const NEAR = 1024
const FAR = 65_536
