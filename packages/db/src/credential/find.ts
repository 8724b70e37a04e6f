import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'

const host = hypervisor.pick('id', 'hostId')
const FIND = `SELECT ${host.listAs('h')} FROM collector_credential c JOIN hypervisor h ON h.id = c.hypervisor_id
  WHERE c.credential_hash = $1 AND c.revoked_at IS NULL`

/** The host of the live credential with this hash; null if unknown or revoked. Runs once for every report. */
export async function findCredential(
  client: Queryable,
  credentialHash: string,
): Promise<{ hypervisorId: string; hostId: string } | null> {
  const { rows } = await client.query({ name: 'find-credential', text: FIND, values: [credentialHash] })
  if (rows[0] === undefined) return null
  const { id, hostId } = host.read(rows[0])
  return { hypervisorId: id, hostId }
}
