import { judgeTime } from '@slashzero/core'
import {
  insertTransitions,
  loadStates,
  lockDueHypervisors,
  notifyChanges,
  packVms,
  saveStates,
  transaction,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { createHistoryLimit, type HistoryLimit } from './limit-history.ts'

const BATCH_SIZE = 100 // bounds how long a transaction holds the rows
const MAX_ROUNDS = 1000

/**
 * Judges hypervisors again when time alone may change a verdict: silence, expiring routes. Returns how many. Pass the
 * same `history` each time, so that a hypervisor whose routes expire in ever other VMs fills no history.
 */
export async function judgeDue(context: ServiceContext, history = createHistoryLimit(context)): Promise<number> {
  authorise(context, 'judge')
  let judged = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const count = await judgeSome(context, history)
    judged += count
    if (count < BATCH_SIZE) break
  }
  return judged
}

async function judgeSome({ db, now }: ServiceContext, history: HistoryLimit): Promise<number> {
  const { count, rows } = await transaction(db, async (client) => {
    const at = now()
    const locked = await lockDueHypervisors(client, at, BATCH_SIZE)
    const states = await loadStates(client, locked)
    const changes = locked.flatMap(({ id, version, lastSequence }) => {
      const previous = states.get(id)
      if (previous === undefined) return []
      const { state: next, transitions } = judgeTime(previous, at)
      const previousVms = packVms(previous.vms, previous.observedAt, null)
      const vms = packVms(next.vms, next.observedAt, previousVms)
      const judged = { previous, next, previousVms, vms }
      return [{ id, version, ...judged, lastSequence, host: null, previousHost: null, samples: [], transitions }]
    })
    await saveStates(client, changes)
    const kept = changes.map((change) => history.take(change))
    await insertTransitions(client, kept, at)
    await notifyChanges(
      client,
      changes.filter(({ transitions }) => transitions.length > 0),
    )
    return { count: locked.length, rows: kept }
  })
  for (const one of rows) history.add(one)
  return count
}
