import { judgeTime } from '@slashzero/core'
import {
  insertTransitions,
  loadStates,
  lockDueHypervisors,
  notifyChanges,
  saveStates,
  transaction,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'

const BATCH_SIZE = 100 // bounds how long a transaction holds the rows
const MAX_ROUNDS = 1000

/** Judges hypervisors again when time alone may change a verdict: silence, expiring routes. Returns how many. */
export async function judgeDue(context: ServiceContext): Promise<number> {
  authorise(context, 'judge')
  let judged = 0
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const count = await judgeSome(context)
    judged += count
    if (count < BATCH_SIZE) break
  }
  return judged
}

function judgeSome({ db, now }: ServiceContext): Promise<number> {
  return transaction(db, async (client) => {
    const at = now()
    const locked = await lockDueHypervisors(client, at, BATCH_SIZE)
    const states = await loadStates(client, locked)
    const changes = [...states].map(([id, previous]) => {
      const { state: next, transitions } = judgeTime(previous, at)
      return { id, previous, next, host: null, transitions }
    })
    await saveStates(client, changes)
    await insertTransitions(client, changes, at)
    await notifyChanges(
      client,
      changes.filter(({ transitions }) => transitions.length > 0),
    )
    return locked.length
  })
}
