type Keyed = { readonly key: string }

/**
 * What to write so that the stored `previous` becomes `next`: the things that are new or differ, and the keys of those
 * that went. Both are lists of plain data, told apart by `key`.
 */
export function changed<Thing extends Keyed>(
  previous: readonly Thing[],
  next: readonly Thing[],
): { written: Thing[]; gone: string[] } {
  const before = new Map(previous.map((thing) => [thing.key, thing]))
  const written: Thing[] = []
  for (const thing of next) {
    const old = before.get(thing.key)
    if (old === undefined || !isSame(old, thing)) written.push(thing)
    before.delete(thing.key)
  }
  return { written, gone: [...before.keys()] }
}

/** Whether two values are the same JSON; a property that is undefined counts as absent. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    return one.every((item, index) => isSame(item, other[index]))
  }
  return hasAllOf(one, other) && hasAllOf(other, one)
}

function hasAllOf(one: object, other: object): boolean {
  for (const [name, value] of Object.entries(one)) {
    if (!isSame(value, Reflect.get(other, name))) return false
  }
  return true
}
