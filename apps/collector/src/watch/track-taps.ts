import type { Report, TapReport } from '@slashzero/contract/report'

export type TapTracker = {
  /** Takes note of a report whose pass began at `at`. */
  readonly observe: (report: Report, at: number) => void
  /** The namespaces that have taps which are up. */
  readonly listNamespaces: () => ReadonlySet<number>
  /** The taps whose solicitations have gone without an advertisement, for as long as that is followed up. */
  readonly listUnanswered: (at: number) => WatchedTap[]
  /** The taps of a namespace that are up. */
  readonly listUp: (namespace: number) => WatchedTap[]
  /** Takes note of what a look at a tap found. True where this opens a question, which a report should tell of at once. */
  readonly look: (key: string, counts: Counts, at: number) => boolean
  /** When a pass should follow up an open question; Infinity where there is none. */
  readonly dueAt: () => number
  /** Whether the last report had this interface. */
  readonly has: (namespace: number, ifindex: number) => boolean
}

export type WatchedTap = { key: string; namespace: number; ifindex: number; name: string }
export type Counts = Pick<TapReport, 'routerSolicitsIn' | 'routerAdvertsOut'>

type Tap = WatchedTap &
  Counts & {
    up: boolean
    /** A sender that could join is there and has not. */
    awaited: boolean
    /** When it was first seen up; null where the first report had it so. */
    upAt: number | null
    /** Since when solicitations have gone without an advertisement; null where none has. */
    unansweredSince: number | null
    /** Since when it is open whether the tap is served; null where it is not, or has been for too long to be followed up. */
    openSince: number | null
  }

/**
 * Follows taps from one report to the next. A tap that came up lately and that nobody has joined, or whose solicitation got no answer,
 * is an open question, which later passes are to follow up. Times are milliseconds of a clock that never jumps.
 */
export function createTapTracker(): TapTracker {
  let taps = new Map<string, Tap>()
  let observedAt: number | null = null
  return {
    observe(report, at) {
      const next = new Map<string, Tap>()
      for (const { id, taps: seen, senders } of report.namespaces) {
        for (const tap of seen) {
          const key = `${id}:${tap.ifindex}`
          const before = taps.get(key) ?? createTap(key, id, tap, observedAt === null)
          next.set(key, update(before, tap, senders.length > 0, at))
        }
      }
      taps = next
      observedAt = at
    },
    listNamespaces: () => new Set([...taps.values()].flatMap(({ up, namespace }) => (up ? [namespace] : []))),
    listUnanswered: (at) =>
      [...taps.values()].filter(({ unansweredSince }) => unansweredSince !== null && at - unansweredSince <= FOLLOWED),
    listUp: (namespace) => [...taps.values()].filter((tap) => tap.namespace === namespace && tap.up),
    look(key, counts, at) {
      const before = taps.get(key)
      if (before === undefined) return false
      const tap = count(before, counts, at)
      taps.set(key, tap)
      return before.openSince === null && tap.openSince !== null
    },
    dueAt() {
      const since = observedAt ?? Infinity
      let earliest = Infinity
      for (const { openSince } of taps.values()) {
        if (openSince === null) continue
        const next = FOLLOW_UPS.map((delay) => openSince + delay).find((time) => time > since + EARLY)
        earliest = Math.min(earliest, next ?? Infinity)
      }
      return earliest
    },
    has: (namespace, ifindex) => taps.has(`${namespace}:${ifindex}`),
  }
}

/** As a tap is before anything happens to it; where the first report has it already, as that one has it. */
function createTap(key: string, namespace: number, seen: TapReport, first: boolean): Tap {
  const { ifindex, name, routerSolicitsIn, routerAdvertsOut } = seen
  const counts = first ? { routerSolicitsIn, routerAdvertsOut } : { routerSolicitsIn: 0, routerAdvertsOut: 0 }
  const nothing = { awaited: false, upAt: null, unansweredSince: null, openSince: null }
  return { key, namespace, ifindex, name, ...counts, up: first && seen.up, ...nothing }
}

function update(before: Tap, seen: TapReport, sender: boolean, at: number): Tap {
  const { name, up, allRoutersUsers, forwarding } = seen
  // Where that could not be read, another look would not tell either.
  const awaited = sender && allRoutersUsers !== null && forwarding !== null && allRoutersUsers <= (forwarding ? 1 : 0)
  return count({ ...before, name, up, awaited, upAt: before.up || !up ? before.upAt : at }, seen, at)
}

function count(tap: Tap, { routerSolicitsIn, routerAdvertsOut }: Counts, at: number): Tap {
  const unanswered = tap.unansweredSince ?? (rose(tap.routerSolicitsIn, routerSolicitsIn) ? at : null)
  const unansweredSince = rose(tap.routerAdvertsOut, routerAdvertsOut) ? null : unanswered
  const open = tap.up && (unansweredSince !== null || (tap.awaited && isYoung(tap, at)))
  return { ...tap, routerSolicitsIn, routerAdvertsOut, unansweredSince, openSince: open ? (tap.openSince ?? at) : null }
}

function rose(was: number | null, is: number | null): boolean {
  return was !== null && is !== null && is > was
}

function isYoung({ upAt }: Tap, at: number): boolean {
  return upAt !== null && at - upAt < YOUNG
}

/** By then every daemon has joined that is going to. */
const YOUNG = 60_000
/**
 * radvd 2.19 joins 1.0 to 1.3 s after a tap comes up, also where the machine is busy (measured), which the first one leaves room
 * for. The second comes when the server has waited long enough for any daemon, which it does for ten seconds.
 */
const FOLLOW_UPS = [2500, 11_000]
/** Timers fire up to a millisecond early, by the clock that passes are stamped by. */
const EARLY = 50
const FOLLOWED = Math.max(...FOLLOW_UPS)
