import { HISTORY_TABLES } from './tables.ts'
import type { Queryable } from '../open.ts'

/** Removes the history of removed hypervisors, to which no ingest can add. */
export async function removeHistory(client: Queryable, hypervisorIds: readonly string[]): Promise<void> {
  // Waits for the end of a roll-up that began before the hypervisors were removed.
  await client.query('SELECT FROM roll_up FOR UPDATE')
  for (const { table } of HISTORY_TABLES) {
    await client.query(`DELETE FROM ${table} WHERE hypervisor_id = ANY($1)`, [hypervisorIds])
  }
}
