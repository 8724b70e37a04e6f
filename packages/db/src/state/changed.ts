type Keyed = { readonly key: string }

export type Difference<Thing> = {
  /** New things (`before` is undefined) and changed things. */
  readonly written: readonly { readonly before: Thing | undefined; readonly after: Thing }[]
  /** The keys of removed things. */
  readonly gone: readonly string[]
}

/**
 * The writes that turn the stored `previous` into `next`. An identical object did not change: core keeps the identity
 * of unchanged things.
 */
export function changed<Thing extends Keyed>(previous: readonly Thing[], next: readonly Thing[]): Difference<Thing> {
  const isInPlace = previous.length === next.length && next.every(({ key }, index) => previous[index]?.key === key)
  const stored = isInPlace ? null : new Map(previous.map((thing) => [thing.key, thing]))
  const written = []
  for (const [index, after] of next.entries()) {
    const before = stored === null ? previous[index] : stored.get(after.key)
    if (before !== after) written.push({ before, after })
    stored?.delete(after.key)
  }
  return { written, gone: stored === null ? [] : [...stored.keys()] }
}
