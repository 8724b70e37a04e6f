/** A stream of numbers that depends on its seeds alone. */
export type Random = {
  /** From 0 up to but not including 1. */
  readonly next: () => number
  /** A whole number, both ends included. */
  readonly integer: (min: number, max: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** Exponentially distributed with this mean: the time until a random event. */
  readonly exponential: (mean: number) => number
  /** Lower-case hexadecimal digits. */
  readonly hex: (digits: number) => string
}

/**
 * Seeds mulberry32 with an FNV-1a hash of `seeds`, so that streams of neighbouring seeds do not resemble each other.
 */
export function createRandom(...seeds: readonly (number | string)[]): Random {
  let state = fnv1a(seeds.join('/'))
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    integer,
    pick(items) {
      const item = items[integer(0, items.length - 1)]
      if (item === undefined) throw new Error('There is nothing to pick from an empty list.')
      return item
    },
    exponential: (mean) => -Math.log(1 - next()) * mean,
    hex: (digits) => Array.from({ length: digits }, () => integer(0, 15).toString(16)).join(''),
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

/** A version 4 UUID. */
export function drawUuid(random: Random): string {
  const variant = random.pick(['8', '9', 'a', 'b'])
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-${variant}${random.hex(3)}-${random.hex(12)}`
}
