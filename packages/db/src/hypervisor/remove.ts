import { historyTables } from '../history/tables.ts'
import { notifyChanges } from '../state/notify.ts'
import type { Queryable } from '../open.ts'

/** Removes the history of hypervisors that are gone, so that no ingest can add to it any more. */
export async function removeHistory(client: Queryable, hypervisorIds: readonly string[]): Promise<void> {
  for (const { table } of historyTables) {
    await client.query(`DELETE FROM ${table} WHERE hypervisor_id = ANY($1)`, [hypervisorIds])
  }
}

/** Tells every listening process that hypervisors came or went. */
export function notifyMembership(client: Queryable): Promise<void> {
  return notifyChanges(client, [''])
}
