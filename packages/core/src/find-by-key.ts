/**
 * Finds the place of a thing by its key; -1 if no thing has the key. Looks first at the thing after the last found
 * thing, because reports and states name things in the same order. Another order makes an index.
 */
export function findByKey(things: readonly { readonly key: string }[]): (key: string) => number {
  let expected = 0
  let places: ReadonlyMap<string, number> | null = null
  return (key) => {
    if (things[expected]?.key !== key) {
      places ??= new Map(things.map((thing, place) => [thing.key, place]))
      const place = places.get(key)
      if (place === undefined) return -1
      expected = place
    }
    const found = expected
    expected = found + 1 === things.length ? 0 : found + 1
    return found
  }
}
