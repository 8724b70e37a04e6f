import type { Tap } from './read-taps.ts'

/**
 * Keeps the taps of one namespace from a reading to the next: a tap that is as before is the same object, and the list
 * is the same list while all taps are.
 */
export function createTapKeeper(): (taps: Tap[]) => Tap[] {
  let kept: Tap[] = []
  let known = new Map<number, Tap>()
  return (taps) => {
    const next = taps.map((tap) => {
      const before = known.get(tap.ifindex)
      return before !== undefined && isEqual(before, tap) ? before : tap
    })
    if (next.length === kept.length && next.every((tap, index) => tap === kept[index])) return kept
    kept = next
    known = new Map(next.map((tap) => [tap.ifindex, tap]))
    return kept
  }
}

/** Whether two taps have the same facts; the reader of the addresses keeps equal addresses. */
function isEqual(one: Tap, other: Tap): boolean {
  return FACTS.every((fact) => one[fact] === other[fact])
}

/** Complete by type; Object.keys would make a list for each tap of each pass. */
const FACT_NAMES: Record<keyof Tap, true> = {
  ifindex: true,
  name: true,
  byteName: true,
  kind: true,
  listener: true,
  countedOn: true,
  up: true,
  forwarding: true,
  ipv6Disabled: true,
  linkLocals: true,
  allRoutersUsers: true,
  routerSolicitsIn: true,
  routerAdvertsIn: true,
  routerAdvertsOut: true,
  advertisements: true,
}
const isFact = (name: string): name is keyof Tap => name in FACT_NAMES
const FACTS = Object.keys(FACT_NAMES).filter(isFact)
