import { notifyChannel } from '../listen.ts'
import type { Queryable } from '../open.ts'

/** Tells every listening process, when the transaction commits, whose state changed. */
export async function notifyChanges(client: Queryable, hypervisorIds: readonly string[]): Promise<void> {
  if (hypervisorIds.length === 0) return
  await client.query({
    name: 'notify-changes',
    text: 'SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id',
    values: [notifyChannel, hypervisorIds],
  })
}
