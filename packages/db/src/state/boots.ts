import type { Queryable } from '../open.ts'
import { boot, type Boot, type SeenBoot } from '../tables/history.ts'
import { select } from '../tables/table.ts'

const UPSERT = boot.upsert()
const progress = boot.pick('hypervisorId', 'bootId', 'lastSequence')

/** These boots of these hypervisors, as far as they are stored, with the last stored sequence of each. */
export function loadBoots(
  client: Queryable,
  hypervisorIds: readonly string[],
  bootIds: readonly string[],
): Promise<Boot[]> {
  const where = 'FROM hypervisor_boot WHERE hypervisor_id = ANY($1) AND boot_id = ANY($2)'
  return select(client, progress, where, [hypervisorIds, bootIds], 'load-boots')
}

/** Stores the last sequence of boots that begin, end or report late; the pulse goes on with the current boot's. */
export async function saveBoots(client: Queryable, boots: readonly SeenBoot[]): Promise<void> {
  if (boots.length === 0) return
  const rows = boots.map((one) => boot.toRow(one))
  await client.query({ name: 'save-boots', text: UPSERT, values: [JSON.stringify(rows)] })
}

/** A host that names another boot in each report is not remembered without bound. */
const MAX_BOOTS = 100

/**
 * Removes boots that ended before `at`, whose reports are refused as too old, and all but the latest hundred of a
 * hypervisor.
 */
export async function removeOldBoots(client: Queryable, at: number): Promise<void> {
  await client.query(
    `DELETE FROM hypervisor_boot b USING hypervisor h, (
       SELECT hypervisor_id, boot_id, row_number() OVER (PARTITION BY hypervisor_id ORDER BY last_seen_at DESC) AS place
       FROM hypervisor_boot
     ) AS ranked
     WHERE h.id = b.hypervisor_id AND b.boot_id IS DISTINCT FROM h.boot_id
       AND ranked.hypervisor_id = b.hypervisor_id AND ranked.boot_id = b.boot_id
       AND (b.last_seen_at < $1 OR ranked.place > ${MAX_BOOTS})`,
    [new Date(at)],
  )
}
