/**
 * Finds the places of things by key; -1 if there is none. Looks first behind the last thing that was found, because
 * reports and states name things in the same order, and makes an index only for another order.
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
