import { parseLinkEvents } from '@slashzero/linux'
import { messageOf } from '@slashzero/contract/report'
import type { PassProbe, ProbeRun, Report } from '@slashzero/contract/report'
import type { Clock } from '../clock.ts'
import type { Kernel } from '../io/kernel.ts'
import type { LinkSockets } from '../io/link-sockets.ts'
import { toRun } from '../probes/to-run.ts'
import { createNamespaceFollower } from './follow-namespaces.ts'
import { createSolicitHearing } from './hear-solicits.ts'
import type { LinkWatch } from './link-watch.ts'
import { lookAtTaps } from './look-at-taps.ts'
import { createTapTracker } from './track-taps.ts'

export type LinkWatchOptions = { kernel: Kernel; sockets: LinkSockets; clock: Clock }

/**
 * Watches for taps that come, change and go, and looks at all taps of a namespace in which a solicitation has come and had time to be
 * answered, and at those where it was not: no interface event tells of that. What it sees becomes a pass before its turn, and not a report of a single tap: one pass
 * sees the tap, its sender and its VM together as they are. However much happens, such passes begin at least a second apart, take at
 * most a tenth of the time, and see all that happened by then.
 */
export function createLinkWatch({ kernel, sockets, clock }: LinkWatchOptions): LinkWatch {
  const follower = createNamespaceFollower(kernel, sockets)
  const tracker = createTapTracker()
  const hearSolicits = createSolicitHearing(kernel)
  let wanted = new AbortController()
  /** When the first and the last thing happened that no pass has seen; null where nothing did. */
  let happened: { first: number; last: number } | null = null
  let notBefore = 0
  let nextLookAt = 0
  let timer: NodeJS.Timeout | undefined
  const stopping = new AbortController()
  let losses = 0
  let refused: string[] = []
  let problem: string | null = null
  /** Why nothing is heard any more. */
  let deaf: string | null = null
  let milliseconds = 0

  function timed<Result>(work: () => Result): Result {
    const since = clock.monotonic()
    try {
      return work()
    } finally {
      milliseconds += clock.monotonic() - since
    }
  }

  function happen(): void {
    const last = clock.monotonic()
    happened = { first: happened?.first ?? last, last }
    schedule()
  }

  function schedule(): void {
    clearTimeout(timer)
    if (stopping.signal.aborted) return
    const settledAt = happened === null ? Infinity : happened.first + SETTLING
    const at = Math.max(notBefore, Math.min(settledAt, tracker.dueAt()))
    if (at !== Infinity) timer = setTimeout(() => wanted.abort(), Math.max(0, at - clock.monotonic()))
  }

  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      const readable = await sockets.wait()
      timed(() => readable.forEach(hear))
      // Those that come meanwhile are read together.
      await new Promise((resolve) => setTimeout(resolve, GATHERING))
    }
  }

  function hear(socket: number): void {
    const namespace = follower.namespaceOf(socket)
    if (namespace === undefined) return
    try {
      const { datagrams, lost } = sockets.read(socket)
      if (lost) losses += 1
      if (lost || datagrams.some((datagram) => isOfTap(datagram, namespace))) happen()
    } catch (error) {
      problem = messageOf(error)
      happen()
    }
  }

  function isOfTap(datagram: Uint8Array, namespace: number): boolean {
    return parseLinkEvents(datagram).some(({ ifindex, kind, ethernet }) => {
      return (kind === 'tun' && ethernet) || kind === 'macvtap' || tracker.has(namespace, ifindex)
    })
  }

  function releaseEnded(): void {
    if (follower.releaseEnded() > 0) happen()
  }

  function hearAndLook(): void {
    const since = clock.monotonic()
    if (since < nextLookAt) return
    try {
      const solicited = hearSolicits(follower.entrances(tracker.listNamespaces()))
      const taps = new Set([...tracker.listUnanswered(since), ...solicited.flatMap(tracker.listUp)])
      const found = lookAtTaps(kernel, [...taps], follower.entranceOf)
      for (const [key, counts] of found) if (tracker.look(key, counts, since)) happen()
    } catch (error) {
      problem = messageOf(error)
    }
    nextLookAt = since + (clock.monotonic() - since) * LOOK_SHARE
    schedule()
  }

  function takeRun(): ProbeRun {
    const times = losses === 1 ? 'once' : `${losses} times`
    const unwatched = refused.length === 1 ? 'a network namespace is' : `${refused.length} network namespaces are`
    const errors = [
      losses === 0
        ? null
        : `announcements of interfaces were lost ${times} since the last report; a full pass makes up for it`,
      refused.length === 0 ? null : `${unwatched} not watched, which needs CAP_SYS_ADMIN: ${refused[0]}`,
      problem,
      deaf,
    ].filter((error) => error !== null)
    const run = toRun('link-events', milliseconds, errors)
    losses = 0
    problem = null
    milliseconds = 0
    return run
  }

  const timers = [setInterval(() => timed(releaseEnded), RELEASE), setInterval(() => timed(hearAndLook), ANSWER)]
  const listening = listen().catch((error: unknown) => {
    deaf = messageOf(error)
  })
  return {
    wanted: () => wanted.signal,
    follow(namespaces) {
      const { opened, refused: refusal } = timed(() => follower.follow(namespaces))
      refused = refusal
      // What happened in there before its socket was open was not announced.
      if (opened > 0) happen()
    },
    takeRun,
    passed(report, beganAt) {
      wanted = new AbortController()
      // What happened while it was under way, it may have looked past already.
      if (happened !== null) happened = happened.last < beganAt ? null : { first: happened.last, last: happened.last }
      notBefore = beganAt + Math.max(APART, SHARE * (report === null ? 0 : readCost(report)))
      if (report !== null) tracker.observe(report, beganAt)
      schedule()
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      for (const one of timers) clearInterval(one)
      sockets.wake()
      await listening
      follower.follow([])
      sockets.dispose()
    },
  }
}

/** How long a pass took of the processor at most, in milliseconds: it waits for guests, and reads everything else at once. */
function readCost({ runs }: Report): number {
  return runs.reduce(
    (sum, { probe, milliseconds }) => (probe === ('guest-routes' satisfies PassProbe) ? sum : sum + milliseconds),
    0,
  )
}

/** A tap is made, named, raised and put on its bridge within this. */
const SETTLING = 100
const GATHERING = 50
const RELEASE = 1000
/** RFC 4861, 6.2.6: an answer is delayed by up to half a second, MAX_RA_DELAY_TIME. */
const ANSWER = 500
const APART = 1000
/** A tenth of the time. */
const SHARE = 10
/** A fiftieth. */
const LOOK_SHARE = 50
