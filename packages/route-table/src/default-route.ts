/** What one printed routing table says of `::/0`. */
export type DefaultRoute = {
  /** `expired` is listed still, yet used no more; `unknown` is whatever could not be told for certain. */
  readonly state: 'present' | 'absent' | 'expired' | 'unknown'
  /** The next hop, without a zone; null for a route straight onto a link. */
  readonly gateway: string | null
  readonly interfaceName: string | null
  readonly origin: 'ra' | 'static' | 'dhcp' | null
  /** Negative once expired; null where the route has no lifetime or the source does not show it. */
  readonly expiresInSeconds: number | null
  /** Why it is `unknown`, `expired` or `absent`, or what the source cannot show of a present one; null where there is nothing to add. */
  readonly reason: string | null
}

/**
 * A route to `::/0` as a table lists it. Besides those that are `present` or `expired` there are those that answer a look-up
 * with an error (`rejecting`), that end the look-up in their table (`passing`, type throw), and that no look-up uses
 * (`unused`), each for the reason given.
 */
export type Candidate = Omit<DefaultRoute, 'state'> & {
  readonly state: 'present' | 'expired' | 'rejecting' | 'passing' | 'unused'
  /** The place of its routing table in the order of look-up; 0 where the source shows one table. */
  readonly order: number
  /** The kernel's preference within the table: the least wins. */
  readonly metric: number
}

/**
 * The verdict on a whole table. `proof` says that the table was really printed, so that no `::/0` in it means that there is
 * none; `failure` names a line that could not be read, which may have been one.
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
    return unknownRoute('the output shows no routing table: it is empty, cut off, or of another command')
  const reason = (found ?? ordered.find((one) => one.reason !== null))?.reason ?? null
  return { ...unknownRoute(''), state: 'absent', reason }
}

/** What the kernel's look-up ends with: tables in their order, routes by metric, expired and unused ones passed over. */
function lookUp(ordered: readonly Candidate[]): Candidate | undefined {
  const passed = new Set<number>()
  for (const one of ordered) {
    if (passed.has(one.order)) continue
    if (one.state === 'passing') passed.add(one.order)
    if (one.state === 'present' || one.state === 'rejecting') return one
  }
  return undefined
}

/** A route of which nothing is known, for the reason given. */
export function unknownRoute(reason: string): DefaultRoute {
  return { state: 'unknown', gateway: null, interfaceName: null, origin: null, expiresInSeconds: null, reason }
}

/** Names a line that could not be read, by number (from 1) and its first characters. */
export function describeLine(index: number, line: string, why = 'cannot be read'): string {
  const start = line.trim()
  return `line ${index + 1} ${why}: ${JSON.stringify(start.length > 80 ? `${start.slice(0, 80)}…` : start)}`
}

function toDefaultRoute(candidate: Candidate, state: DefaultRoute['state']): DefaultRoute {
  const { gateway, interfaceName, origin, expiresInSeconds, reason } = candidate
  return { state, gateway, interfaceName, origin, expiresInSeconds, reason }
}
