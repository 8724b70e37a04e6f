import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'
import { vmToken } from '../tables/vm-token.ts'

const found = vmToken.pick('id', 'vmKey', 'lastUsedAt')
const host = hypervisor.pick('id', 'name')

export type FoundVmToken = ReturnType<typeof found.read> & {
  /** Hypervisors that report the token's VM now: not silent, and the last report names the VM. */
  readonly hypervisors: readonly ReturnType<typeof host.read>[]
}

const FIND = `SELECT ${found.listAs('t')}, ${host.listAs('h', 'hypervisor_')} FROM vm_token t
  LEFT JOIN (vm v JOIN hypervisor h ON h.id = v.hypervisor_id)
    ON v.key = t.vm_key AND v.hypervisor_id = coalesce(t.hypervisor_id, v.hypervisor_id)
    AND h.status <> 'silent' AND v.memory ->> 'missedSince' IS NULL
  WHERE t.token_hash = $1 AND t.revoked_at IS NULL ORDER BY h.name, h.id`

/** The live token with this hash and the hypervisors of its VM; null if unknown or revoked. */
export async function findVmToken(client: Queryable, tokenHash: string): Promise<FoundVmToken | null> {
  const { rows } = await client.query({ name: 'find-vm-token', text: FIND, values: [tokenHash] })
  if (rows[0] === undefined) return null
  const joined = rows.filter((row) => row['hypervisor_id'] !== null)
  return { ...found.read(rows[0]), hypervisors: joined.map((row) => host.read(row, 'hypervisor_')) }
}
