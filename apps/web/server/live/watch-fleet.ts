import type { FleetTotals, HypervisorPatch, LiveChange, Watched } from '@slashzero/contract/page'
import type { Change } from '@slashzero/db'
import { ServiceError } from '@slashzero/services'

const PAUSE_MILLISECONDS = 1000
/** A stream ends after this time. The page then opens the next stream, which needs a valid session. */
const MAX_STREAM_MILLISECONDS = 300_000
/** A person's open pages. A page in the background has no stream. */
const MAX_STREAMS = 20
/** The hypervisors of one query. */
const MAX_BATCH = 1000

type Patch = Omit<HypervisorPatch, 'verdict'>

/** Reads what pages show. */
export type LiveReads = {
  readonly now: () => string
  readonly readChanged: (ids: readonly string[]) => Promise<ReadonlyMap<string, Patch>>
  readonly readTotals: () => Promise<FleetTotals>
  readonly onError: (error: unknown) => void
}

/** An open stream: what it watches, and what it has not sent yet, at most one entry for each watched hypervisor. */
type Stream = {
  readonly watched: Watched
  readonly patches: Map<string, HypervisorPatch>
  totals: FleetTotals | undefined
  reread: boolean
  wake: () => void
}

/**
 * Tells open pages what changed of what they show. Once a second one query reads the changed hypervisors that any page
 * watches, whatever the number of reports and pages. A slow reader gets the latest state.
 */
export function createWatch(reads: LiveReads) {
  const streams = new Set<Stream>()
  const byHypervisor = new Map<string, Set<Stream>>()
  const streamsOf = new Map<string, number>()
  /** The changed hypervisors that a page watches, and whether a verdict changed. */
  let moved = new Map<string, boolean>()
  let isFleetMoved = false
  let lastTotals = ''
  let flushing: Promise<void> | undefined

  function publish({ hypervisorId, verdict }: Change): void {
    if (streams.size === 0) return
    isFleetMoved = true
    if (hypervisorId === null) for (const stream of streams) stream.reread = true
    else if (byHypervisor.has(hypervisorId)) moved.set(hypervisorId, verdict || moved.get(hypervisorId) === true)
    flushing ??= flush()
  }

  async function flush(): Promise<void> {
    while (streams.size > 0 && (moved.size > 0 || isFleetMoved)) {
      const batch = [...moved]
      const isTold = isFleetMoved
      moved = new Map()
      isFleetMoved = false
      try {
        await tellHypervisors(batch)
        if (isTold) await tellTotals()
      } catch (error) {
        reads.onError(error)
        for (const stream of streams) stream.reread = true
      }
      for (const stream of streams) if (hasNews(stream)) stream.wake()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
    }
    flushing = undefined
  }

  async function tellHypervisors(batch: readonly (readonly [string, boolean])[]): Promise<void> {
    for (let start = 0; start < batch.length; start += MAX_BATCH) {
      const part = batch.slice(start, start + MAX_BATCH)
      const patches = await reads.readChanged(part.map(([id]) => id))
      for (const [id, verdict] of part) {
        const patch = patches.get(id)
        if (patch === undefined) continue // removed, which `reread` tells
        for (const stream of byHypervisor.get(id) ?? []) {
          const isVerdict = verdict || stream.patches.get(id)?.verdict === true
          stream.patches.set(id, { ...patch, verdict: isVerdict })
        }
      }
    }
  }

  async function tellTotals(): Promise<void> {
    const showing = [...streams].filter(({ watched }) => watched.totals)
    if (showing.length === 0) return
    const totals = await reads.readTotals()
    const text = JSON.stringify(totals)
    if (text === lastTotals) return
    lastTotals = text
    for (const stream of showing) stream.totals = totals
  }

  /**
   * What changes of the watched, from now on until `leaving` aborts.
   * @throws ServiceError `too-many` if this person has too many streams
   */
  function watch(userId: string, watched: Watched, leaving: AbortSignal): AsyncGenerator<LiveChange> {
    const open = streamsOf.get(userId) ?? 0
    if (open >= MAX_STREAMS) {
      throw new ServiceError('too-many', `You have ${MAX_STREAMS} live pages open; close some of them.`)
    }
    streamsOf.set(userId, open + 1)
    const ageing = new AbortController()
    const timer = setTimeout(() => ageing.abort(), MAX_STREAM_MILLISECONDS)
    const signal = AbortSignal.any([leaving, ageing.signal])
    const stream: Stream = { watched, patches: new Map(), totals: undefined, reread: false, wake: () => undefined }
    let isOpen = true
    // A generator that nobody started never ends by itself.
    const close = () => {
      if (!isOpen) return
      isOpen = false
      clearTimeout(timer)
      remove(stream)
      const left = (streamsOf.get(userId) ?? 1) - 1
      if (left === 0) streamsOf.delete(userId)
      else streamsOf.set(userId, left)
      stream.wake()
    }
    add(stream)
    signal.addEventListener('abort', close, { once: true })
    if (signal.aborted) close()
    return run(stream, signal, reads.now, close)
  }

  function add(stream: Stream): void {
    streams.add(stream)
    // A page that shows the figures gets the next ones, whatever another page got.
    if (stream.watched.totals) lastTotals = ''
    for (const id of stream.watched.hypervisors) {
      const watching = byHypervisor.get(id)
      if (watching === undefined) byHypervisor.set(id, new Set([stream]))
      else watching.add(stream)
    }
  }

  function remove(stream: Stream): void {
    streams.delete(stream)
    for (const id of stream.watched.hypervisors) {
      const watching = byHypervisor.get(id)
      watching?.delete(stream)
      if (watching?.size === 0) byHypervisor.delete(id)
    }
  }

  return { watch, publish }
}

function hasNews({ patches, totals, reread }: Stream): boolean {
  return patches.size > 0 || totals !== undefined || reread
}

async function* run(
  stream: Stream,
  signal: AbortSignal,
  now: () => string,
  close: () => void,
): AsyncGenerator<LiveChange> {
  try {
    while (!signal.aborted) {
      if (hasNews(stream)) yield take(stream, now())
      else await new Promise<void>((resolve) => (stream.wake = resolve))
    }
  } finally {
    close()
  }
}

function take(stream: Stream, now: string): LiveChange {
  const { patches, totals, reread } = stream
  const hypervisors = [...patches.values()]
  patches.clear()
  stream.totals = undefined
  stream.reread = false
  return {
    now,
    ...(hypervisors.length > 0 && { hypervisors }),
    ...(totals && { totals }),
    ...(reread && { reread }),
  }
}
