/** Derives something of a list once, because lists that do not change stay the same lists over the passes. */
export function deriveOnce<Item, Derived extends object>(
  derive: (list: readonly Item[]) => Derived,
): (list: readonly Item[]) => Derived {
  const known = new WeakMap<readonly Item[], Derived>()
  return (list) => {
    const before = known.get(list)
    if (before !== undefined) return before
    const derived = derive(list)
    known.set(list, derived)
    return derived
  }
}
