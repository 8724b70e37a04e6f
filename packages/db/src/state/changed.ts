type Keyed = { readonly key: string }

export type Difference<Thing> = {
  /** New things (`before` is undefined) and those that differ from what is stored. */
  readonly written: readonly { readonly before: Thing | undefined; readonly after: Thing }[]
  /** The keys of those that went. */
  readonly gone: readonly string[]
}

/**
 * What to write so that the stored `previous` becomes `next`. A thing that is the same object did not change: core keeps
 * the object of what stayed.
 */
export function changed<Thing extends Keyed>(previous: readonly Thing[], next: readonly Thing[]): Difference<Thing> {
  const stored = new Map(previous.map((thing) => [thing.key, thing]))
  const written = []
  for (const after of next) {
    const before = stored.get(after.key)
    if (before !== after) written.push({ before, after })
    stored.delete(after.key)
  }
  return { written, gone: [...stored.keys()] }
}
