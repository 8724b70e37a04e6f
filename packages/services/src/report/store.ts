import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IngestResponse, Report } from '@slashzero/contract/report'
import type { Push } from '@slashzero/core'
import {
  type Boot,
  insertSamples,
  insertTransitions,
  loadBoots,
  loadStates,
  type LockedHypervisor,
  lockHypervisors,
  notifyChanges,
  type Queryable,
  saveBoots,
  saveStates,
  transaction,
} from '@slashzero/db'
import type { CollectorActor, GuestActor, Logger, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { judgePushed } from './judge-pushed.ts'
import { type Judged, judgeSubmission, type Progress } from './judge-submission.ts'
import type { HistoryLimit } from './limit-history.ts'
import type { Known, StateCache } from './state-cache.ts'

/** Other requests have their turn after this time of judging. */
const MAX_BUSY_MILLISECONDS = 20

/** The reports of a host, or the push of a guest. */
export type Submission =
  | {
      readonly actor: CollectorActor
      readonly batch: readonly Report[]
      /** The index of the first report in the request. */
      readonly first: number
      readonly receivedAt: number
    }
  | { readonly actor: GuestActor; readonly push: Push; readonly receivedAt: number }
export type Outcome = { readonly response: IngestResponse } | { readonly error: unknown }

type Work = { readonly hypervisorId: string; readonly version: number; readonly before: Progress; progress: Progress }

/** What an ingest knows from the commits before. */
export type Memory = { readonly cache: StateCache; readonly history: HistoryLimit }

/**
 * Writes submissions of any hosts in one transaction; resolves, when durable, with an outcome for each. A refused
 * submission, or one that cannot be judged, does not affect the others.
 */
export async function storeSubmissions(
  context: ServiceContext,
  { cache, history }: Memory,
  submissions: readonly Submission[],
): Promise<Outcome[]> {
  const { db, log, now } = context
  const { outcomes, changes, rows } = await transaction(db, async (client) => {
    const ids = [...new Set(submissions.map(({ actor }) => actor.hypervisorId))]
    const locked = await lockHypervisors(client, ids)
    const states = await readStates(client, cache, locked)
    const boots = Map.groupBy(await loadBoots(client, ids, namedBoots(submissions)), (boot) => boot.hypervisorId)
    const works = new Map(locked.map((one) => [one.id, begin(one, states.get(one.id), boots.get(one.id) ?? [])]))

    const judged: Outcome[] = []
    let resumedAt = performance.now()
    for (const submission of submissions) {
      if (performance.now() - resumedAt > MAX_BUSY_MILLISECONDS) {
        await nextTurn()
        resumedAt = performance.now()
      }
      judged.push(judgeOne(submission, works.get(submission.actor.hypervisorId), log))
    }

    const written = [...works.values()].flatMap(toChange)
    await saveStates(client, written)
    await saveBoots(
      client,
      written.flatMap((change) => change.boots),
    )
    const kept = written.map((change) => history.take(change))
    await insertSamples(client, kept)
    await insertTransitions(client, kept, now())
    await notifyChanges(client, written)
    return { outcomes: judged, changes: written, rows: kept }
  })
  for (const { id, version, next, host } of changes) cache.set(id, version + 1, { state: next, host })
  for (const one of rows) history.add(one)
  return outcomes
}

function namedBoots(submissions: readonly Submission[]): string[] {
  const named = submissions.flatMap((one) => ('batch' in one ? one.batch.map(({ host }) => host.bootId) : []))
  return [...new Set(named)]
}

function judgeOne(submission: Submission, work: Work | undefined, log: Logger): Outcome {
  if (work === undefined)
    return { error: new ServiceError('forbidden', 'This hypervisor was removed; enrol the host again.') }
  try {
    const { progress, refusal, accepted, duplicates } = judge(work.progress, submission)
    work.progress = progress
    return refusal === null ? { response: { accepted, duplicates } } : { error: refusal }
  } catch (error) {
    log.error({ err: error, hypervisorId: work.hypervisorId }, 'a report could not be judged')
    return { error }
  }
}

function judge(before: Progress, submission: Submission): Judged {
  if ('batch' in submission) return judgeSubmission(before, submission)
  return judgePushed(before, submission.actor.vmKey, submission.push, submission.receivedAt)
}

async function readStates(client: Queryable, cache: StateCache, locked: readonly LockedHypervisor[]) {
  const cached = new Map<string, Known>()
  for (const { id, version } of locked) {
    const known = cache.get(id, version)
    if (known !== undefined) cached.set(id, known)
  }
  const loaded = await loadStates(
    client,
    locked.filter(({ id }) => !cached.has(id)),
  )
  for (const [id, state] of loaded) cached.set(id, { state, host: null })
  return cached
}

/** The pulse knows the sequence of the current boot, `boots` the sequences of the boots before. */
function begin(
  { id, version, lastSequence }: LockedHypervisor,
  known: Known | undefined,
  boots: readonly Boot[],
): Work {
  const { state, host } = known ?? { state: null, host: null }
  const sequences = new Map(boots.map((boot) => [boot.bootId, boot.lastSequence]))
  if (state !== null && lastSequence !== null) sequences.set(state.bootId, lastSequence)
  const before = { state, sequences, host, samples: [], transitions: [] }
  return { hypervisorId: id, version, before, progress: before }
}

function toChange({ hypervisorId, version, before, progress }: Work) {
  const { state, host, samples, transitions, sequences } = progress
  if (state === null || state === before.state) return []
  const previous = before.state
  const isSameBoot = previous?.bootId === state.bootId
  const boots = [...sequences]
    // The boot of the state goes on in the pulse. A batch may end one boot and begin the next.
    .filter(([bootId, sequence]) => {
      if (isSameBoot && bootId === state.bootId) return false
      return bootId === previous?.bootId || before.sequences.get(bootId) !== sequence
    })
    .map(([bootId, lastSequence]) => {
      const hasEnded = before.sequences.get(bootId) === lastSequence
      const lastSeenAt = hasEnded ? (previous?.lastSeenAt ?? state.lastSeenAt) : state.lastSeenAt
      return { hypervisorId, bootId, lastSequence, lastSeenAt }
    })
  const lastSequence = sequences.get(state.bootId) ?? null
  const own = { id: hypervisorId, version, previous, next: state, lastSequence, host, previousHost: before.host }
  return [{ ...own, boots, samples, transitions }]
}
