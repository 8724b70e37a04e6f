import { parseRouterAdvertisement, ShapeError } from '@slashzero/linux'
import { messageOf } from '@slashzero/contract/report'
import type { ProbeRun, SeenAdvertisement } from '@slashzero/contract/report'
import type { AdvertisementSockets } from '../io/advertisement-sockets.ts'
import { MAX_READ } from '../io/advertisement-sockets.ts'
import type { Clock } from '../clock.ts'
import type { Kernel } from '../io/kernel.ts'
import { toRun } from '../probes/to-run.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import { createNamespaceFollower } from '../watch/follow-namespaces.ts'
import { createAdvertisementStore } from './keep-advertisements.ts'
import type { AdvertisementStore } from './keep-advertisements.ts'

/** Hears the Router Advertisements on every tap between the passes. */
export type AdvertisementWatch = {
  /** Listens in these namespaces and no others, and reads the packets that have come. Call it in every pass. */
  readonly follow: (surveys: readonly { namespace: Namespace; taps: readonly { ifindex: number }[] }[]) => void
  /** The latest advertisements on an interface, latest first; null if the watch does not listen in its namespace. */
  readonly list: (namespace: number, ifindex: number) => SeenAdvertisement[] | null
  /** The run of the probe since the last call. */
  readonly takeRun: () => ProbeRun
  readonly stop: () => void
}

export type WatchOptions = {
  kernel: Kernel
  sockets: AdvertisementSockets
  clock: Clock
}

/**
 * Opens one socket in each namespace and reads it five times a second, so that the work is bounded. If guests send more
 * than is read, the watch ignores incoming packets for 10 s, so that the packets of the host are not lost.
 */
export function createAdvertisementWatch({ kernel, sockets, clock }: WatchOptions): AdvertisementWatch {
  const follower = createNamespaceFollower(kernel, sockets)
  const stores = new Map<number, AdvertisementStore>()
  /** Namespaces whose guests are muted, and until when. */
  const muted = new Map<number, number>()
  let ticks = 0
  let lost = 0
  let floods = 0
  let refused: string[] = []
  let problem: string | null = null
  let milliseconds = 0

  function timed(work: () => void): void {
    const since = clock.monotonic()
    try {
      work()
    } catch (error) {
      problem = messageOf(error)
    }
    milliseconds += clock.monotonic() - since
  }

  function tick(): void {
    ticks += 1
    if (ticks % TICKS_A_CHECK === 0) {
      follower.releaseEnded()
      unmute()
    }
    hearAll()
  }

  function hearAll(): void {
    for (const socket of sockets.findReadable()) {
      const namespace = follower.namespaceOf(socket)
      if (namespace !== undefined) hear(socket, namespace)
    }
  }

  function hear(socket: number, namespace: number): void {
    const { packets, lost: missed } = sockets.read(socket)
    lost += missed
    const store = stores.get(namespace) ?? createAdvertisementStore()
    stores.set(namespace, store)
    for (const { ifindex, sent, linkAddress, packet } of packets) {
      try {
        const advertisement = parseRouterAdvertisement(packet)
        store.keep({
          ifindex,
          direction: sent ? 'sent' : 'received',
          linkAddress,
          advertisement,
          at: clock.monotonic(),
        })
      } catch (error) {
        // Hosts discard such a packet too.
        if (!(error instanceof ShapeError)) throw error
      }
    }
    if (missed > 0) store.miss()
    const received = packets.filter(({ sent }) => !sent).length
    const tooMuch = missed > 0 || packets.length === MAX_READ
    if (tooMuch && received > packets.length / 2 && !muted.has(namespace)) mute(socket, namespace)
  }

  function mute(socket: number, namespace: number): void {
    floods += 1
    muted.set(namespace, clock.monotonic() + MUTED)
    sockets.listen(socket, 'sent')
  }

  function unmute(): void {
    for (const [namespace, until] of muted) {
      if (clock.monotonic() < until) continue
      muted.delete(namespace)
      const socket = follower.socketOf(namespace)
      if (socket !== undefined) sockets.listen(socket, 'all')
    }
  }

  const ticking = setInterval(() => timed(tick), TICK)
  return {
    follow: (surveys) =>
      timed(() => {
        refused = follower.follow(surveys.map(({ namespace }) => namespace)).refused
        hearAll()
        const followed = new Set(surveys.map(({ namespace }) => namespace.id))
        for (const id of stores.keys()) if (!followed.has(id)) stores.delete(id)
        for (const { namespace, taps } of surveys) {
          stores
            .get(namespace.id)
            ?.retain(new Set(taps.map(({ ifindex }) => ifindex)), clock.monotonic() - UNKNOWN_KEPT)
        }
      }),
    list: (namespace, ifindex) => {
      if (follower.socketOf(namespace) === undefined) return null
      return stores.get(namespace)?.list(ifindex, clock.wall() - clock.monotonic()) ?? []
    },
    takeRun() {
      const where = refused.length === 1 ? 'a network namespace' : `${refused.length} network namespaces`
      const errors = [
        refused.length === 0
          ? null
          : `advertisements cannot be heard in ${where}: needs CAP_NET_RAW and AF_PACKET, and CAP_SYS_ADMIN for other namespaces: ${refused[0]}`,
        lost === 0 ? null : `${lost} advertisements were lost because they came too fast`,
        floods === 0
          ? null
          : `guests sent too many advertisements, so the collector ignored guests for ${MUTED / 1000} s${floods === 1 ? '' : `, ${floods} times`}`,
        problem,
      ].filter((error) => error !== null)
      const run = toRun('advertisements', milliseconds, errors)
      lost = floods = milliseconds = 0
      problem = null
      return run
    },
    stop() {
      clearInterval(ticking)
      follower.follow([])
      sockets.dispose()
    },
  }
}

const TICK = 200
const TICKS_A_CHECK = 5
const MUTED = 10_000
/** A tap's first advertisement can come before the pass that first sees the tap. */
const UNKNOWN_KEPT = 60_000
