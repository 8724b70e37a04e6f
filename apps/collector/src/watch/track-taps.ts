import type { Report, TapReport } from '@slashzero/contract/report'

export type TapTracker = {
  /** Notes a report whose pass began at `at`. */
  readonly observe: (report: Report, at: number) => void
  /** The namespaces with a tap that is up. */
  readonly listNamespaces: () => ReadonlySet<number>
  /** The taps with an unanswered solicitation, until the last follow-up. */
  readonly listUnanswered: (at: number) => WatchedTap[]
  /** The taps of a namespace that are up. */
  readonly listUp: (namespace: number) => WatchedTap[]
  /** Notes the counters of a tap. True if they open a question, so that a report should come at once. */
  readonly look: (key: string, counts: Counts, at: number) => boolean
  /** When a pass should follow up an open question; Infinity without an open question. */
  readonly dueAt: () => number
  /** Whether the last report had this interface. */
  readonly has: (namespace: number, ifindex: number) => boolean
}

export type WatchedTap = { key: string; namespace: number; ifindex: number; name: string } & Pick<
  TapReport,
  'countedOn'
>
export type Counts = Pick<TapReport, 'routerSolicitsIn' | 'routerAdvertsOut'>

type Tap = WatchedTap &
  Counts & {
    up: boolean
    /** Whether a sender is there and has not joined. */
    awaited: boolean
    /** When the tap was first seen up; null if the first report already had it up. */
    upAt: number | null
    /** Since when a solicitation has no answer; null if every solicitation was answered. */
    unansweredSince: number | null
    /** Since when the question whether the tap is served is open; null without an open question. */
    openSince: number | null
  }

/**
 * Follows taps between reports (monotonic milliseconds). A tap is an open question if it came up a short time ago and
 * no daemon has joined it, or if its solicitation has no answer.
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

/** The state of a tap before anything happens. A tap of the first report starts with the values of that report. */
function createTap(key: string, namespace: number, seen: TapReport, first: boolean): Tap {
  const { ifindex, name, countedOn, routerSolicitsIn, routerAdvertsOut } = seen
  const counts = first ? { routerSolicitsIn, routerAdvertsOut } : { routerSolicitsIn: 0, routerAdvertsOut: 0 }
  const nothing = { awaited: false, upAt: null, unansweredSince: null, openSince: null }
  return { key, namespace, ifindex, name, countedOn, ...counts, up: first && seen.up, ...nothing }
}

function update(before: Tap, seen: TapReport, sender: boolean, at: number): Tap {
  const { name, up, allRoutersUsers, forwarding, countedOn, routerSolicitsIn, routerAdvertsOut } = seen
  // If the users could not be read, another look would not help.
  const awaited = sender && allRoutersUsers !== null && forwarding !== null && allRoutersUsers <= (forwarding ? 1 : 0)
  // The counters of another interface say nothing about a rise.
  const counts = countedOn === before.countedOn ? {} : { routerSolicitsIn, routerAdvertsOut, unansweredSince: null }
  return count(
    { ...before, ...counts, countedOn, name, up, awaited, upAt: before.up || !up ? before.upAt : at },
    seen,
    at,
  )
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

/** After this time no daemon joins a tap any more. */
const YOUNG = 60_000
/**
 * The first follow-up leaves time for radvd 2.19, which joins 1.0 to 1.3 s after a tap comes up, also on a busy machine
 * (measured). The second follow-up comes after the ten seconds that the server waits for any daemon.
 */
const FOLLOW_UPS = [2500, 11_000]
/** Timers fire up to a millisecond early, by the clock of the passes. */
const EARLY = 50
const FOLLOWED = Math.max(...FOLLOW_UPS)
