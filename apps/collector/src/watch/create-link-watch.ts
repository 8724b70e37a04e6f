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
 * Watches taps that come, change and go, and unanswered solicitations, which only counters show. An event makes an
 * early pass, so that tap, sender and VM are seen together: at least a second apart, in at most a tenth of the time.
 */
export function createLinkWatch({ kernel, sockets, clock }: LinkWatchOptions): LinkWatch {
  const follower = createNamespaceFollower(kernel, sockets)
  const tracker = createTapTracker()
  const hearSolicits = createSolicitHearing(kernel)
  let wanted = new AbortController()
  /** The times of the first and the last event that no pass has seen; null without an event. */
  let happened: { first: number; last: number } | null = null
  let notBefore = 0
  let nextLookAt = 0
  let timer: NodeJS.Timeout | undefined
  const stopping = new AbortController()
  let losses = 0
  let refused: string[] = []
  let problem: string | null = null
  /** Why the watch no longer hears events; null while it does. */
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
      // Events that come during this pause are read together.
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
        : `announcements of interfaces were lost ${times} since the last report; a full pass replaces them`,
      refused.length === 0 ? null : `${unwatched} not watched: needs CAP_SYS_ADMIN: ${refused[0]}`,
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
      // Events before the socket was open were not announced.
      if (opened > 0) happen()
    },
    takeRun,
    passed(report, beganAt) {
      wanted = new AbortController()
      // The pass may have missed events that happened while it was under way.
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

/** The maximum processor time of a pass, in milliseconds: all its probes, except the wait for guests. */
function readCost({ runs }: Report): number {
  return runs.reduce(
    (sum, { probe, milliseconds }) => (probe === ('guest-routes' satisfies PassProbe) ? sum : sum + milliseconds),
    0,
  )
}

/** The time in which a new tap is named, brought up and put on its bridge. */
const SETTLING = 100
const GATHERING = 50
const RELEASE = 1000
/** RFC 4861, 6.2.6: a router delays an answer by at most MAX_RA_DELAY_TIME, half a second. */
const ANSWER = 500
const APART = 1000
/** The duration of a pass, multiplied, is the minimum time between two early passes: a tenth of the time. */
const SHARE = 10
/** The duration of a look, multiplied, is the minimum pause after it: a fiftieth of the time. */
const LOOK_SHARE = 50
