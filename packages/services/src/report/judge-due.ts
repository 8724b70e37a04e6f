import { judgeTime } from '@slashzero/core'
import {
  ensurePartitions,
  insertTransitions,
  loadStates,
  lockDueHypervisors,
  notifyChanges,
  saveStates,
  transaction,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'

const atOnce = 100 // bounds how long a transaction holds the rows
const roundsAtMost = 1000

/** Judges again the hypervisors whose verdicts time may have changed: silence, expiring routes. Returns how many. */
export async function judgeDue(context: ServiceContext): Promise<number> {
  authorise(context, 'judge')
  let judged = 0
  for (let round = 0; round < roundsAtMost; round++) {
    const count = await judgeSome(context)
    judged += count
    if (count < atOnce) break
  }
  return judged
}

function judgeSome({ db, now }: ServiceContext): Promise<number> {
  return transaction(db, async (client) => {
    const at = now()
    const locked = await lockDueHypervisors(client, at, atOnce)
    const states = await loadStates(client, locked)
    const changes = [...states].map(([id, previous]) => {
      const { state: next, transitions } = judgeTime(previous, at)
      return { id, previous, next, host: null, transitions }
    })
    await ensurePartitions(
      db,
      changes.flatMap(({ transitions }) => transitions).map((transition) => transition.at),
    )
    await saveStates(client, changes)
    await insertTransitions(client, changes)
    await notifyChanges(
      client,
      changes.filter(({ transitions }) => transitions.length > 0),
    )
    return locked.length
  })
}
