import type { Database } from '@slashzero/db'

type Find<Found> = (db: Database, hashes: readonly string[]) => Promise<ReadonlyMap<string, Found>>
type Round<Found> = { readonly hashes: Set<string>; readonly found: ReturnType<Find<Found>> }

/**
 * Makes a function that finds what belongs to the hash of a token; null if nothing does. Hashes that arrive during a
 * query share the next query, so a hash waits for two queries at most, however many others wait.
 */
export function findTogether<Found>(find: Find<Found>): (db: Database, hash: string) => Promise<Found | null> {
  const waiting = new WeakMap<Database, Round<Found>>()
  const last = new WeakMap<Database, Promise<unknown>>()

  function begin(db: Database): Round<Found> {
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
