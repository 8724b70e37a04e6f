import type { IngestResponse, Report } from '@slashzero/contract/report'
import type { Push } from '@slashzero/core'
import type { CollectorActor, GuestActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { createHistoryLimit } from './limit-history.ts'
import { createLoads } from './loads.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { createStateCache } from './state-cache.ts'
import type { Outcome, Submission } from './store.ts'

/** The only way for reports and pushes into this process. */
export type Ingest = {
  /**
   * Stores a host's reports in the order observed; resolves when durable. Throws ServiceError with report indexes:
   * `forbidden` (other host), `invalid` (the others are stored), `unavailable` (stopping, no database).
   */
  submit(actor: CollectorActor, batch: readonly Report[], receivedAt: number): Promise<IngestResponse>
  /**
   * Stores a guest's push; resolves when durable. Throws ServiceError: `conflict` if no report names its VM now,
   * `forbidden` for a removed hypervisor, `unavailable` while stopping or without the database.
   */
  push(actor: GuestActor, push: Push, receivedAt: number): Promise<void>
  /** Refuses new reports; resolves when the current reports are stored. */
  stop(): Promise<void>
}

/** The memory for states where the caller names none. */
const STATE_BYTES = 256 * 1024 * 1024
/** A larger batch is stored in parts. */
const MAX_PART_WEIGHT = 4000
/** A host that sent this much lately waits with its like. */
const HEAVY_WEIGHT = 2000

/** Groups that are written at once. Hosts that sent much hold up themselves. */
const MAX_WRITING = { light: 2, heavy: 1 }

/**
 * Commits in groups. Hosts that sent much lately have a lane of their own, so that a host that sends much holds up
 * itself. `stateBytes`: the memory for the states of hosts; hosts beyond it are read from the database.
 */
export function createIngest(context: ServiceContext, stateBytes = STATE_BYTES): Ingest {
  const memory = { cache: createStateCache(stateBytes, context.now), history: createHistoryLimit(context) }
  const loads = createLoads(context.now)
  const light = createPipeline({ context, memory, loads, maxWriting: MAX_WRITING.light })
  const heavy = createPipeline({ context, memory, loads, maxWriting: MAX_WRITING.heavy })
  /** A hypervisor keeps its lane while it waits, so that its reports stay in order. */
  const waiting = new Map<string, { readonly lane: Pipeline; count: number }>()
  let stopped = false

  function enterLane(hypervisorId: string, weight: number): Pipeline {
    const entry = waiting.get(hypervisorId) ?? {
      lane: loads.read(hypervisorId) + weight > HEAVY_WEIGHT ? heavy : light,
      count: 0,
    }
    entry.count += 1
    waiting.set(hypervisorId, entry)
    return entry.lane
  }

  function leaveLane(hypervisorId: string): void {
    const entry = waiting.get(hypervisorId)
    if (entry && --entry.count === 0) waiting.delete(hypervisorId)
  }

  async function store(submission: Submission, weight = 1): Promise<IngestResponse> {
    if (stopped) throw new ServiceError('unavailable', 'The server is stopping; send the request again.')
    const { hypervisorId } = submission.actor
    const lane = enterLane(hypervisorId, weight)
    const outcome = await new Promise<Outcome>((settle) => lane.enqueue({ submission, weight, settle }))
    leaveLane(hypervisorId)
    if ('response' in outcome) return outcome.response
    throw outcome.error
  }

  return {
    async submit(actor, batch, receivedAt) {
      requireOwnReports(actor, batch)
      const stored = { accepted: 0, duplicates: 0 }
      const refusals: ServiceError[] = []
      for (const { first, reports, weight } of split(batch)) {
        try {
          const part = await store({ actor, batch: reports, first, receivedAt }, weight)
          stored.accepted += part.accepted
          stored.duplicates += part.duplicates
        } catch (error) {
          if (!(error instanceof ServiceError) || error.code !== 'invalid') throw error
          refusals.push(error)
        }
      }
      const [refusal] = refusals
      if (refusal === undefined) return stored
      const errors = refusals.flatMap((one) => one.errors ?? [])
      throw new ServiceError('invalid', refusal.message, errors, { cause: refusal })
    },
    async push(actor, push, receivedAt) {
      await store({ actor, push, receivedAt })
    },
    async stop() {
      stopped = true
      await Promise.all([light.drain(), heavy.drain()])
    },
  }
}

/** A host cannot write the state of another host. */
function requireOwnReports(actor: CollectorActor, batch: readonly Report[]) {
  const foreign = batch.findIndex((report) => report.host.id !== actor.hostId)
  if (foreign === -1) return
  throw new ServiceError(
    'forbidden',
    `This credential was issued to host ${actor.hostId}; send only reports of this host.`,
    [{ pointer: `/${foreign}/host/id`, detail: 'names another host' }],
  )
}

type Part = { readonly first: number; readonly reports: Report[]; readonly weight: number }

/** The parts of a batch in order; `first` is the index of a part's first report. */
function split(batch: readonly Report[]): Part[] {
  const parts: (Part & { weight: number })[] = []
  for (const [index, report] of batch.entries()) {
    const weight = weigh(report)
    const last = parts.at(-1)
    if (last && last.weight + weight <= MAX_PART_WEIGHT) {
      last.reports.push(report)
      last.weight += weight
    } else parts.push({ first: index, reports: [report], weight })
  }
  return parts
}

/** Roughly the taps and VMs that a report has judged; a report without any costs as much as ten. */
function weigh({ namespaces, routeChecks }: Report): number {
  return namespaces.reduce((sum, { taps, senders }) => sum + taps.length + senders.length, 10 + routeChecks.length)
}
