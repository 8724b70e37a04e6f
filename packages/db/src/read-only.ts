import type { Queryable } from './open.ts'

/** Whether a new transaction could not write: on a standby, or with `default_transaction_read_only`. */
export async function isReadOnly(client: Queryable): Promise<boolean> {
  const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only')
  return rows[0]?.transaction_read_only !== 'off'
}
