import type { Queryable } from '../open.ts'

export type FoundVmToken = {
  readonly id: string
  readonly vmKey: string
  /** Milliseconds since the epoch. */
  readonly lastUsedAt: number | null
  /** Hypervisors that report the token's VM now: not silent, and the last report names the VM. */
  readonly hypervisors: readonly { readonly id: string; readonly name: string }[]
}

/** The live token with this hash and the hypervisors of its VM; null if unknown or revoked. */
export async function findVmToken(client: Queryable, tokenHash: string): Promise<FoundVmToken | null> {
  const { rows } = await client.query<
    Omit<FoundVmToken, 'hypervisors'> & { hypervisorId: string | null; hypervisorName: string | null }
  >({
    name: 'find-vm-token',
    text: `SELECT t.id, t.vm_key AS "vmKey", t.last_used_at AS "lastUsedAt", h.id AS "hypervisorId", h.name AS "hypervisorName"
      FROM vm_token t
      LEFT JOIN (vm v JOIN hypervisor h ON h.id = v.hypervisor_id)
        ON v.key = t.vm_key AND v.hypervisor_id = coalesce(t.hypervisor_id, v.hypervisor_id)
        AND h.status <> 'silent' AND v.memory ->> 'missedSince' IS NULL
      WHERE t.token_hash = $1 AND t.revoked_at IS NULL ORDER BY h.name, h.id`,
    values: [tokenHash],
  })
  const [first] = rows
  if (first === undefined) return null
  const hypervisors = rows.flatMap(({ hypervisorId: id, hypervisorName: name }) =>
    id === null || name === null ? [] : [{ id, name }],
  )
  return { id: first.id, vmKey: first.vmKey, lastUsedAt: first.lastUsedAt, hypervisors }
}
