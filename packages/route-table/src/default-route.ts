/**
 * Linux looks up a route without a source address first, and then, if no route was found, with a chosen source address
 * (ip6_dst_lookup_tail in net/ipv6/ip6_output.c). The positions of the second look-up begin here.
 */
export const SECOND_ROUND = 1_000_000

/** What one printed routing table says about `::/0`. */
export type DefaultRoute = {
  /** `expired`: still listed but no longer used. `unknown`: everything that is not certain. */
  readonly state: 'present' | 'absent' | 'expired' | 'unknown'
  /** The next hop, without a zone; null for an on-link route. */
  readonly gateway: string | null
  readonly interfaceName: string | null
  readonly origin: 'ra' | 'static' | 'dhcp' | null
  /** Negative after expiry; null if the route has no lifetime or the source does not show it. */
  readonly expiresInSeconds: number | null
  /**
   * Why the state is `unknown`, `expired` or `absent`, or what the source cannot show about a present route; otherwise
   * null.
   */
  readonly reason: string | null
}

/**
 * A route to `::/0` in a table. Besides `present` and `expired`: `rejecting` routes answer a look-up with an error,
 * `passing` routes (type throw) end the look-up in their table, and no look-up uses `unused` routes.
 */
export type Candidate = Omit<DefaultRoute, 'state'> & {
  readonly state: 'present' | 'expired' | 'rejecting' | 'passing' | 'unused'
  /** The position of its routing table in the order of look-up; 0 if the source shows one table. */
  readonly order: number
  /** The kernel's preference within the table: the lowest wins. */
  readonly metric: number
}

/**
 * The verdict on a whole table. `proof`: the table was really printed, so a table without `::/0` proves the absence of
 * the route. `failure`: names a line that could not be read and that may have been the route.
 */
export function decideDefaultRoute(
  candidates: readonly Candidate[],
  table: { readonly proof: boolean; readonly failure: string | null },
): DefaultRoute {
  const ordered = candidates.toSorted((left, right) => left.order - right.order || left.metric - right.metric)
  const found = lookUp(ordered)
  if (found?.state === 'present') return toDefaultRoute(found, 'present')
  if (table.failure !== null) return unknownRoute(table.failure)
  const expired = ordered.find((one) => one.state === 'expired')
  if (found === undefined && expired !== undefined) return toDefaultRoute(expired, 'expired')
  if (!table.proof)
    return unknownRoute('the output shows no routing table: it is empty, cut off, or from another command')
  const reason = (found ?? ordered.find((one) => one.reason !== null))?.reason ?? null
  return { ...unknownRoute(''), state: 'absent', reason }
}

/** The kernel's first look-up, or its second with a source address (see SECOND_ROUND) if the first finds no route. */
function lookUp(ordered: readonly Candidate[]): Candidate | undefined {
  const first = walk(ordered.filter(({ order }) => order < SECOND_ROUND))
  return first?.state === 'present' ? first : (walk(ordered.filter(({ order }) => order >= SECOND_ROUND)) ?? first)
}

/** The result of one look-up: tables in order, routes by metric, without expired and unused routes. */
function walk(ordered: readonly Candidate[]): Candidate | undefined {
  const passed = new Set<number>()
  for (const one of ordered) {
    if (passed.has(one.order)) continue
    if (one.state === 'passing') passed.add(one.order)
    if (one.state === 'present' || one.state === 'rejecting') return one
  }
  return undefined
}

/** A route about which nothing is known, with the reason. */
export function unknownRoute(reason: string): DefaultRoute {
  return { state: 'unknown', gateway: null, interfaceName: null, origin: null, expiresInSeconds: null, reason }
}

/** Names a line that could not be read, by its number (from 1) and its first characters. */
export function describeLine(index: number, line: string, why = 'cannot be read'): string {
  const start = line.trim()
  return `line ${index + 1} ${why}: ${JSON.stringify(start.length > 80 ? `${start.slice(0, 80)}…` : start)}`
}

function toDefaultRoute(candidate: Candidate, state: DefaultRoute['state']): DefaultRoute {
  const { gateway, interfaceName, origin, expiresInSeconds, reason } = candidate
  return { state, gateway, interfaceName, origin, expiresInSeconds, reason }
}
