import type { Queryable } from '../open.ts'
import { boot, type Boot } from '../tables/history.ts'
import { select } from '../tables/table.ts'

const UPSERT = boot.upsert()
const progress = boot.pick('hypervisorId', 'bootId', 'lastSequence')

/** The boots of these hypervisors, with the last stored sequence of each. */
export function loadBoots(client: Queryable, hypervisorIds: readonly string[]): Promise<Boot[]> {
  return select(client, progress, 'FROM hypervisor_boot WHERE hypervisor_id = ANY($1)', [hypervisorIds], 'load-boots')
}

/** Stores the last sequence of each boot. */
export async function saveBoots(client: Queryable, boots: readonly Boot[], now: number): Promise<void> {
  if (boots.length === 0) return
  const rows = boots.map((one) => boot.toRow({ ...one, lastSeenAt: now }))
  await client.query({ name: 'save-boots', text: UPSERT, values: [JSON.stringify(rows)] })
}

/** Removes boots that ended long ago, whose reports are refused as too old. */
export async function removeBootsBefore(client: Queryable, at: number): Promise<void> {
  await client.query(
    `DELETE FROM hypervisor_boot b USING hypervisor h
     WHERE h.id = b.hypervisor_id AND b.boot_id IS DISTINCT FROM h.boot_id AND b.last_seen_at < $1`,
    [new Date(at)],
  )
}
