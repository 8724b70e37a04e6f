import type { Queryable } from '../open.ts'

const MAX_CLAIMS = 10

/** The other hypervisors that report a VM with the uuid of this VM now, by name. */
export async function readClaims(
  client: Queryable,
  vmId: string,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT h.id, h.name FROM vm own
     JOIN vm v ON v.key = own.key AND v.hypervisor_id <> own.hypervisor_id
     JOIN hypervisor h ON h.id = v.hypervisor_id
     WHERE own.id = $1 AND own.key = own.uuid AND h.status <> 'silent' AND v.memory ->> 'missedSince' IS NULL
     ORDER BY h.name, h.id LIMIT ${MAX_CLAIMS}`,
    [vmId],
  )
  return rows
}
