import type { Sample, Transition } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { sample, transition } from '../tables/history.ts'
import { TRANSITION_RETENTION_MILLISECONDS } from './tables.ts'

/** The samples of the hypervisor `id`. */
export type Sampled = { readonly id: string; readonly samples: readonly Sample[] }
export type Moved = { readonly id: string; readonly transitions: readonly Transition[] }

type Owned = Sample & { readonly hypervisorId: string }

/** A bucket keeps the whole row with the larger usage, so that the parts of the row add up. */
const LARGEST = 'WHERE excluded.optmem_bytes >= coalesce(kept.optmem_bytes, 0)'

const INSERT_SAMPLES = sample.insert()
const INSERT_TRANSITIONS = transition.insert()
const ROLL_UPS = [
  { name: 'roll-up-5m', text: sample.upsert('sample_5m', LARGEST), milliseconds: 300_000 },
  { name: 'roll-up-1h', text: sample.upsert('sample_1h', LARGEST), milliseconds: 3_600_000 },
]

/** Stores samples and folds them into both roll-ups, with one statement a table. Existing samples stay. */
export async function insertSamples(client: Queryable, sampled: readonly Sampled[]): Promise<void> {
  const owned = sampled.flatMap(({ id, samples }) => samples.map((one) => ({ hypervisorId: id, ...one })))
  if (owned.length === 0) return
  await client.query({ name: 'insert-samples', text: INSERT_SAMPLES, values: [toRows(owned)] })
  for (const { name, text, milliseconds } of ROLL_UPS) {
    const values = [toRows(largestOfEach(owned, milliseconds))]
    await client.query({ name, text, values })
  }
}

function toRows(samples: readonly Owned[]): string {
  return JSON.stringify(samples.map((one) => sample.toRow(one)))
}

/** Folds the samples of a bucket, because one statement may touch a row once. The later sample wins a tie. */
function largestOfEach(samples: readonly Owned[], milliseconds: number): Owned[] {
  const buckets = new Map<string, Owned>()
  for (const one of samples) {
    const at = Math.floor(one.at / milliseconds) * milliseconds
    const bucket = `${one.hypervisorId} ${at} ${one.socketKey}`
    const kept = buckets.get(bucket)
    if (kept === undefined || (one.optmemBytes ?? -1) >= (kept.optmemBytes ?? -1)) buckets.set(bucket, { ...one, at })
  }
  return [...buckets.values()]
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
