type Find<Db, Found> = (db: Db, hashes: readonly string[]) => Promise<ReadonlyMap<string, Found>>
type Round<Db, Found> = { readonly hashes: Set<string>; readonly found: ReturnType<Find<Db, Found>> }

/**
 * Makes a function that finds what belongs to the hash of a token; null if nothing does. Hashes that arrive during a
 * query share the next query, so a hash waits for two queries at most, however many others wait.
 */
export function findTogether<Db extends object, Found>(
  find: Find<Db, Found>,
): (db: Db, hash: string) => Promise<Found | null> {
  const waiting = new WeakMap<Db, Round<Db, Found>>()
  const last = new WeakMap<Db, Promise<unknown>>()

  function begin(db: Db): Round<Db, Found> {
    const hashes = new Set<string>()
    const found = (last.get(db) ?? Promise.resolve()).then(() => {
      waiting.delete(db)
      return find(db, [...hashes])
    })
    const round = { hashes, found }
    waiting.set(db, round)
    last.set(
      db,
      found.catch(() => undefined),
    )
    return round
  }

  return async function findOne(db, hash) {
    const round = waiting.get(db) ?? begin(db)
    round.hashes.add(hash)
    return (await round.found).get(hash) ?? null
  }
}
