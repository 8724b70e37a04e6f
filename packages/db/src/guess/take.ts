import type { Queryable } from '../open.ts'

/**
 * Counts a guess under `key` before the check, so that guesses at the same time count too; begins again after
 * `windowMilliseconds`. Out: the guesses with this one, and when they began, in milliseconds since the epoch.
 */
export async function takeGuess(
  client: Queryable,
  { key, now, windowMilliseconds }: { key: string; now: number; windowMilliseconds: number },
): Promise<{ count: number; since: number }> {
  const { rows } = await client.query<{ count: number; since: number }>(
    `INSERT INTO password_guess AS kept (key, count, since) VALUES ($1, 1, $2)
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN kept.since > $3 THEN least(kept.count + 1, 1000000) ELSE 1 END,
        since = CASE WHEN kept.since > $3 THEN kept.since ELSE $2 END
      RETURNING count, since`,
    [key, new Date(now), new Date(now - windowMilliseconds)],
  )
  const [row] = rows
  if (row === undefined) throw new Error('an upsert returned no row')
  return row
}

/** Takes a guess back that was right, or was not checked. */
export async function returnGuess(client: Queryable, key: string): Promise<void> {
  await client.query('UPDATE password_guess SET count = greatest(count - 1, 0) WHERE key = $1', [key])
}

export async function removeGuessesBefore(client: Queryable, at: number): Promise<void> {
  await client.query('DELETE FROM password_guess WHERE since < $1', [new Date(at)])
}
