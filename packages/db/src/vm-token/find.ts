import type { Queryable } from '../open.ts'
import { hypervisor } from '../tables/hypervisor.ts'
import { vmToken } from '../tables/vm-token.ts'

const found = vmToken.pick('id', 'vmKey', 'lastUsedAt', 'lastHypervisorId')
const host = hypervisor.pick('id')

export type FoundVmToken = ReturnType<typeof found.read> & {
  /**
   * The hypervisor for which a push counts now; null if no hypervisor reports the VM: not silent, and in its last
   * report.
   */
  readonly hypervisorId: string | null
}

const FIND = `SELECT DISTINCT ON (t.token_hash) t.token_hash, ${found.listAs('t')}, ${host.listAs('h', 'hypervisor_')}
  FROM vm_token t
  LEFT JOIN (vm v JOIN hypervisor h ON h.id = v.hypervisor_id)
    ON v.key = t.vm_key AND v.hypervisor_id = coalesce(t.hypervisor_id, v.hypervisor_id)
    AND h.status <> 'silent' AND v.memory ->> 'missedSince' IS NULL
  WHERE t.token_hash = ANY($1) AND t.revoked_at IS NULL
  ORDER BY t.token_hash, h.id IS NOT DISTINCT FROM t.last_hypervisor_id DESC, h.created_at, h.id`

/**
 * The live tokens among these hashes, by hash. If several hypervisors report the VM, a push counts for the one where
 * the last push counted, so that another's claim to the uuid takes nothing away.
 */
export async function findVmTokens(
  client: Queryable,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, FoundVmToken>> {
  const { rows } = await client.query({ name: 'find-vm-tokens', text: FIND, values: [hashes] })
  return new Map(
    rows.map((row) => {
      const hypervisorId = row['hypervisor_id'] === null ? null : host.read(row, 'hypervisor_').id
      return [String(row['token_hash']), { ...found.read(row), hypervisorId }]
    }),
  )
}

/**
 * Records that a token was used at `now` for a hypervisor. While the last hypervisor is silent and has the VM, it stays
 * the last, so that its pushes return to it.
 */
export async function markVmTokenUsed(
  client: Queryable,
  { id, hypervisorId, now }: { readonly id: string; readonly hypervisorId: string | null; readonly now: number },
): Promise<void> {
  await client.query({
    name: 'mark-vm-token-used',
    text: `UPDATE vm_token t SET last_used_at = $2, last_hypervisor_id = CASE
        WHEN $3::text IS NULL OR EXISTS (
          SELECT FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id
          WHERE v.key = t.vm_key AND h.id = t.last_hypervisor_id AND h.status = 'silent'
        ) THEN t.last_hypervisor_id ELSE $3 END
      WHERE t.id = $1`,
    values: [id, new Date(now), hypervisorId],
  })
}
