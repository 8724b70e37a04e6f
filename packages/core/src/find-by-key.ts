/**
 * Finds things by key. Looks first behind the last thing that was found, because reports and states name things in the
 * same order, and makes an index only for another order.
 */
export function findByKey<Thing extends { readonly key: string }>(
  things: readonly Thing[],
): (key: string) => Thing | undefined {
  let expected = 0
  let places: ReadonlyMap<string, number> | null = null
  return (key) => {
    if (things[expected]?.key === key) return things[expected++]
    places ??= new Map(things.map((thing, place) => [thing.key, place]))
    const place = places.get(key)
    if (place === undefined) return undefined
    expected = place + 1
    return things[place]
  }
}
