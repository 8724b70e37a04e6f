import { setImmediate as nextTurn } from 'node:timers/promises'
import type { IngestResponse, Report } from '@slashzero/contract/report'
import type { Push } from '@slashzero/core'
import {
  insertSamples,
  insertTransitions,
  loadBoots,
  loadStates,
  notifyChanges,
  packVms,
  readStored,
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

type Work = {
  readonly hypervisorId: string
  readonly known: Known
  readonly before: Progress
  progress: Progress
}

/** What an ingest knows from the commits before. */
export type Memory = { readonly cache: StateCache; readonly history: HistoryLimit }

/** Judged submissions: an outcome for each, true as soon as the changes are written. */
export type JudgedGroup = {
  readonly outcomes: readonly Outcome[]
  readonly changes: readonly ReturnType<typeof toChange>[number][]
}

/**
 * Judges submissions of any hosts and writes nothing. A refused submission, or one that cannot be judged, does not
 * affect the others.
 */
export async function judgeGroup(
  { db, log }: ServiceContext,
  { cache }: Memory,
  submissions: readonly Submission[],
): Promise<JudgedGroup> {
  const known = await readKnown({ db }, cache, new Set(submissions.map(({ actor }) => actor.hypervisorId)))
  const sequences = await readSequences({ db }, known, submissions)
  const works = new Map([...known].map(([id, one]) => [id, begin(id, one, sequences.get(id) ?? new Map())]))
  const outcomes: Outcome[] = []
  let resumedAt = performance.now()
  for (const submission of submissions) {
    if (performance.now() - resumedAt > MAX_BUSY_MILLISECONDS) {
      await nextTurn()
      resumedAt = performance.now()
    }
    outcomes.push(judgeOne(submission, works.get(submission.actor.hypervisorId), log))
  }
  return { outcomes, changes: [...works.values()].flatMap(toChange) }
}

/**
 * Writes a judged group in one transaction; resolves when durable. Throws StaleStateError if another process wrote a
 * hypervisor since: forget the state and judge again.
 */
export async function writeGroup(
  { db, now }: ServiceContext,
  { cache, history }: Memory,
  { outcomes, changes }: JudgedGroup,
): Promise<readonly Outcome[]> {
  if (changes.length === 0) return outcomes
  const kept = changes.map((change) => history.take(change))
  const boots = changes.flatMap((change) => change.boots)
  await transaction(db, async (client) => {
    await saveStates(client, changes)
    await saveBoots(client, boots)
    await insertSamples(client, kept)
    await insertTransitions(client, kept, now())
    await notifyChanges(client, changes)
  })
  for (const { id, version, next, vms, lastSequence, host } of changes)
    cache.set(id, { version: version + 1, lastSequence, state: next, vms, host })
  for (const one of kept) history.add(one)
  return outcomes
}

/** The states of these hypervisors, without removed hypervisors. */
async function readKnown({ db }: Pick<ServiceContext, 'db'>, cache: StateCache, ids: ReadonlySet<string>) {
  const known = new Map<string, Known>()
  const unknown: string[] = []
  for (const id of ids) {
    const cached = cache.get(id)
    if (cached === undefined) unknown.push(id)
    else known.set(id, cached)
  }
  if (unknown.length === 0) return known
  const stored = await readStored(db.pool, unknown)
  const states = await loadStates(db.pool, stored)
  for (const { id, version, lastSequence } of stored) {
    const state = states.get(id) ?? null
    known.set(id, {
      version,
      lastSequence,
      state,
      vms: state && packVms(state.vms, state.observedAt, null),
      host: null,
    })
  }
  return known
}

/**
 * The highest stored sequences of the boots that reports name, by hypervisor and boot. A state knows its own boot, so
 * only other boots are read.
 */
async function readSequences(
  { db }: Pick<ServiceContext, 'db'>,
  known: ReadonlyMap<string, Known>,
  submissions: readonly Submission[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const others = submissions.flatMap((one) => {
    if (!('batch' in one)) return []
    const { hypervisorId } = one.actor
    const own = known.get(hypervisorId)?.state?.bootId
    return one.batch.flatMap(({ host: { bootId } }) => (bootId === own ? [] : [{ hypervisorId, bootId }]))
  })
  const sequences = new Map<string, Map<string, number>>()
  if (others.length === 0) return sequences
  const ids = new Set(others.map(({ hypervisorId }) => hypervisorId))
  const bootIds = new Set(others.map(({ bootId }) => bootId))
  for (const { hypervisorId, bootId, lastSequence } of await loadBoots(db.pool, [...ids], [...bootIds])) {
    const own = sequences.get(hypervisorId) ?? new Map<string, number>()
    sequences.set(hypervisorId, own.set(bootId, lastSequence))
  }
  return sequences
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

function begin(hypervisorId: string, known: Known, others: ReadonlyMap<string, number>): Work {
  const { lastSequence, state, host } = known
  const sequences = new Map(others)
  if (state !== null && lastSequence !== null) sequences.set(state.bootId, lastSequence)
  const before = { state, sequences, host, samples: [], transitions: [] }
  return { hypervisorId, known, before, progress: before }
}

function toChange({ hypervisorId, known, before, progress }: Work) {
  const { state, host, samples, transitions, sequences } = progress
  if (state === null || state === before.state) return []
  const previous = before.state
  const lastSequence = sequences.get(state.bootId) ?? null
  const boots = listBoots(hypervisorId, before, sequences, state)
  const own = { id: hypervisorId, version: known.version, lastSequence, host, previousHost: before.host }
  const vms = packVms(state.vms, state.observedAt, known.vms)
  return [{ ...own, previous, next: state, previousVms: known.vms, vms, boots, samples, transitions }]
}

/** The boots that begin, end or report late. The boot of the state goes on in the pulse. */
function listBoots(
  hypervisorId: string,
  before: Progress,
  sequences: Progress['sequences'],
  next: NonNullable<Progress['state']>,
) {
  const previous = before.state
  const isSameBoot = previous?.bootId === next.bootId
  return [...sequences].flatMap(([bootId, lastSequence]) => {
    if (isSameBoot && bootId === next.bootId) return []
    const isReported = before.sequences.get(bootId) !== lastSequence
    if (!isReported && bootId !== previous?.bootId) return []
    const lastSeenAt = isReported ? next.lastSeenAt : (previous?.lastSeenAt ?? next.lastSeenAt)
    return [{ hypervisorId, bootId, lastSequence, lastSeenAt }]
  })
}
