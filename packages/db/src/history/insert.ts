import type { Transition } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { sample, transition } from '../tables/history.ts'
import { markLateSamples, type Sampled } from './roll-up.ts'
import { TRANSITION_RETENTION_MILLISECONDS } from './tables.ts'

export type Moved = { readonly id: string; readonly transitions: readonly Transition[] }

const INSERT_SAMPLES = sample.insert()
const INSERT_TRANSITIONS = transition.insert()

/** Stores samples. Existing samples stay. The worker rolls the samples up later. */
export async function insertSamples(client: Queryable, sampled: readonly Sampled[]): Promise<void> {
  const rows = sampled.flatMap(({ id, samples }) => samples.map((one) => sample.toRow({ hypervisorId: id, ...one })))
  if (rows.length === 0) return
  await client.query({ name: 'insert-samples', text: INSERT_SAMPLES, values: [JSON.stringify(rows)] })
  await markLateSamples(client, sampled)
}

/** Stores changed verdicts. A verdict that claims to be older than the history stands at the history's beginning. */
export async function insertTransitions(client: Queryable, moved: readonly Moved[], now: number): Promise<void> {
  const oldest = now - TRANSITION_RETENTION_MILLISECONDS
  const rows = moved.flatMap(({ id, transitions }) =>
    transitions.map((one) => transition.toRow({ hypervisorId: id, ...one, at: Math.max(one.at, oldest) })),
  )
  if (rows.length === 0) return
  await client.query({ name: 'insert-transitions', text: INSERT_TRANSITIONS, values: [JSON.stringify(rows)] })
}
