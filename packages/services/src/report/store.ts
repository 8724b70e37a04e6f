import type { IngestResponse, Report } from '@slashzero/contract'
import type { HypervisorState } from '@slashzero/core'
import {
  type Boot,
  ensurePartitions,
  insertSamples,
  insertTransitions,
  loadBoots,
  loadStates,
  lockHypervisors,
  notifyChanges,
  saveBoots,
  saveStates,
  transaction,
} from '@slashzero/db'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { judgeSubmission, type Progress } from './judge-submission.ts'

export type Submission = { readonly actor: CollectorActor; readonly batch: readonly Report[]; readonly receivedAt: number }
export type Outcome = { readonly response: IngestResponse } | { readonly error: unknown }

type Work = { readonly hypervisorId: string; readonly before: Progress; progress: Progress }

/**
 * Writes submissions, of any hosts, in one transaction; resolves when it is durable, with an outcome for each.
 * A submission that cannot be judged or is refused does not keep the others from being stored.
 */
export function storeSubmissions(context: ServiceContext, submissions: readonly Submission[]): Promise<Outcome[]> {
  const { db, log, now } = context
  return transaction(db, async (client) => {
    const ids = [...new Set(submissions.map(({ actor }) => actor.hypervisorId))]
    const locked = await lockHypervisors(client, ids)
    const states = await loadStates(client, locked)
    const boots = Map.groupBy(await loadBoots(client, ids), (boot) => boot.hypervisorId)
    const works = new Map(locked.map(({ id }) => [id, begin(id, states.get(id) ?? null, boots.get(id) ?? [])]))

    const outcomes = submissions.map((submission): Outcome => {
      const work = works.get(submission.actor.hypervisorId)
      if (work === undefined) return { error: new ServiceError('forbidden', 'This hypervisor was removed; enrol it again.') }
      try {
        const { progress, refusal, accepted, duplicates } = judgeSubmission(work.progress, submission.batch, submission.receivedAt)
        work.progress = progress
        return refusal === null ? { response: { accepted, duplicates } } : { error: refusal }
      } catch (error) {
        log.error({ err: error, hypervisorId: work.hypervisorId }, 'a report could not be judged')
        return { error }
      }
    })

    const changes = [...works.values()].flatMap(toChange)
    await ensurePartitions(db, changes.flatMap(({ samples, transitions }) => [...samples, ...transitions]).map(({ at }) => at))
    await saveStates(client, changes)
    await saveBoots(client, changes.flatMap((change) => change.boots), now())
    await insertSamples(client, changes)
    await insertTransitions(client, changes)
    await notifyChanges(client, changes.map((change) => change.id))
    return outcomes
  })
}

function begin(hypervisorId: string, state: HypervisorState | null, boots: readonly Boot[]): Work {
  const sequences = new Map(boots.map((boot) => [boot.bootId, boot.lastSequence]))
  const before = { state, sequences, host: null, samples: [], transitions: [] }
  return { hypervisorId, before, progress: before }
}

function toChange({ hypervisorId, before, progress }: Work) {
  const { state, host, samples, transitions } = progress
  if (state === null || host === null) return []
  // A batch may end one boot and begin the next.
  const boots = [...progress.sequences]
    .filter(([bootId, sequence]) => before.sequences.get(bootId) !== sequence)
    .map(([bootId, lastSequence]) => ({ hypervisorId, bootId, lastSequence }))
  return [{ id: hypervisorId, previous: before.state, next: state, host, boots, samples, transitions }]
}
