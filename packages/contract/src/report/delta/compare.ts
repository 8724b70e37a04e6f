import { isFields, type Fields } from './form.ts'

/** The place of an item that the other list lacks. */
export const GONE = -1

/**
 * For each item of `next`, its place in `base`, or `GONE`. The places rise, so an item that moved within the list is
 * sent whole.
 */
export function align(base: readonly Fields[], next: readonly Fields[], key: readonly string[]): number[] {
  const isSame = (one: Fields | undefined, other: Fields | undefined) =>
    one === other || key.every((name) => isEqual(one?.[name], other?.[name]))
  const shorter = Math.min(base.length, next.length)
  const places: number[] = []
  let head = 0
  for (; head < shorter && isSame(base[head], next[head]); head += 1) places.push(head)
  let tail = 0
  while (tail < shorter - head && isSame(base.at(-1 - tail), next.at(-1 - tail))) tail += 1
  const keyOf = (item: Fields) => JSON.stringify(key.map((name) => item[name]))
  const gone = base.slice(head, base.length - tail).map(keyOf)
  const added = next.slice(head, next.length - tail).map(keyOf)
  const left = new Set(added)
  let from = 0
  for (const one of added) {
    while (from < gone.length && !left.has(gone[from] ?? '')) from += 1
    places.push(one === gone[from] ? head + from : GONE)
    if (one === gone[from]) from += 1
    left.delete(one)
  }
  for (let index = base.length - tail; index < base.length; index += 1) places.push(index)
  return places
}

/** Whether both are the same JSON. A field with the value undefined is missing. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
    return one.every((item, index) => isEqual(item, other[index]))
  }
  if (!isFields(one) || !isFields(other)) return false
  for (const name in one) if (!isEqual(one[name], other[name])) return false
  for (const name in other) if (one[name] === undefined && other[name] !== undefined) return false
  return true
}
