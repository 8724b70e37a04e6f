type Keyed = { readonly key: string }

/**
 * What to write so that the stored `previous` becomes `next`: the things that are new or other objects than before
 * (core keeps the object of what did not change), and the keys of those that went.
 */
export function changed<Thing extends Keyed>(
  previous: readonly Thing[],
  next: readonly Thing[],
): { written: Thing[]; gone: string[] } {
  const before = new Map(previous.map((thing) => [thing.key, thing]))
  const written: Thing[] = []
  for (const thing of next) {
    if (before.get(thing.key) !== thing) written.push(thing)
    before.delete(thing.key)
  }
  return { written, gone: [...before.keys()] }
}
