import type { Queryable } from '../open.ts'

/** The host of the live credential with this hash; null if unknown or revoked. Runs once for every report. */
export async function findCredential(
  client: Queryable,
  credentialHash: string,
): Promise<{ hypervisorId: string; hostId: string } | null> {
  const { rows } = await client.query<{ hypervisorId: string; hostId: string }>({
    name: 'find-credential',
    text: `SELECT h.id AS "hypervisorId", h.host_id AS "hostId"
      FROM collector_credential c JOIN hypervisor h ON h.id = c.hypervisor_id
      WHERE c.credential_hash = $1 AND c.revoked_at IS NULL`,
    values: [credentialHash],
  })
  return rows[0] ?? null
}
