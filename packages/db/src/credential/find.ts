import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'

const host = hypervisor.pick('id', 'hostId')
const FIND = `SELECT c.credential_hash, ${host.listAs('h')} FROM collector_credential c JOIN hypervisor h ON h.id = c.hypervisor_id
  WHERE c.credential_hash = ANY($1) AND c.revoked_at IS NULL`

/** The hosts of the live credentials among these hashes, by hash. Runs for every report. */
export async function findCredentials(
  client: Queryable,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, { hypervisorId: string; hostId: string }>> {
  const { rows } = await client.query({ name: 'find-credentials', text: FIND, values: [hashes] })
  return new Map(
    rows.map((row) => {
      const { id, hostId } = host.read(row)
      return [String(row['credential_hash']), { hypervisorId: id, hostId }]
    }),
  )
}
