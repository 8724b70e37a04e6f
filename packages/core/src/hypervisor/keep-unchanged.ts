/** Replaces each of `next` that equals its namesake in `previous` by that very object, so that a caller can see by identity what to write. */
export function keepUnchanged<Item extends { readonly key: string }>(previous: readonly Item[], next: readonly Item[]): Item[] {
  const known = new Map(previous.map((item) => [item.key, item]))
  return next.map((item) => {
    const before = known.get(item.key)
    return before && equal(before, item) ? before : item
  })
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = Object.entries(a)
  const right = new Map(Object.entries(b))
  return left.length === right.size && left.every(([key, value]) => right.has(key) && equal(value, right.get(key)))
}
