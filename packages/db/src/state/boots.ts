import type { Queryable } from '../open.ts'

/** How far the reports of one boot of a hypervisor are stored. */
export type Boot = { readonly hypervisorId: string; readonly bootId: string; readonly lastSequence: number }

export async function loadBoots(client: Queryable, hypervisorIds: readonly string[]): Promise<Boot[]> {
  const { rows } = await client.query<Boot>({
    name: 'load-boots',
    text: `SELECT hypervisor_id AS "hypervisorId", boot_id AS "bootId", last_sequence AS "lastSequence"
      FROM hypervisor_boot WHERE hypervisor_id = ANY($1)`,
    values: [hypervisorIds],
  })
  return rows
}

export async function saveBoots(client: Queryable, boots: readonly Boot[], now: number): Promise<void> {
  if (boots.length === 0) return
  await client.query({
    name: 'save-boots',
    text: `INSERT INTO hypervisor_boot (hypervisor_id, boot_id, last_sequence, last_seen_at)
      SELECT r.*, $4 FROM unnest($1::text[], $2::text[], $3::bigint[]) AS r
      ON CONFLICT (hypervisor_id, boot_id) DO UPDATE
      SET last_sequence = excluded.last_sequence, last_seen_at = excluded.last_seen_at`,
    values: [
      boots.map((boot) => boot.hypervisorId),
      boots.map((boot) => boot.bootId),
      boots.map((boot) => boot.lastSequence),
      new Date(now),
    ],
  })
}

/** Forgets boots that ended long ago: no report of theirs can still be accepted. */
export async function removeBootsBefore(client: Queryable, at: number): Promise<void> {
  await client.query(
    `DELETE FROM hypervisor_boot b USING hypervisor h
     WHERE h.id = b.hypervisor_id AND b.boot_id IS DISTINCT FROM h.boot_id AND b.last_seen_at < $1`,
    [new Date(at)],
  )
}
