/** Where a routing table stands in the order of look-up, and whether every packet is looked up in it; null where no rule names it. */
export type TableOrder = (table: string) => { readonly order: number; readonly everyPacket: boolean } | null

/** After all tables that every packet is looked up in: what a selective rule leads to concerns some packets only. */
const selective = 1_000_000

/**
 * Reads `ip -6 rule` (iproute2, ip/iprule.c). Not counted are rules that suppress a table's default route
 * (`suppress_prefixlength 0` or more, as WireGuard does with `main`), and those behind a rule that rejects every packet. Null where the
 * text is no rule list, as with kernels that have one table only.
 */
export function readIpRule(text: string): TableOrder | null {
  const places = new Map<string, number>()
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return null
  for (const [index, line] of lines.entries()) {
    const rule = /^\d+:\s+(?<body>.*)$/.exec(line.trimEnd())?.groups?.['body']
    if (rule === undefined) return null
    if (/^from all (?:unreachable|prohibit|blackhole)\b/.test(rule)) break
    const table = /\blookup (?<table>\S+)/.exec(rule)?.groups?.['table']
    if (table === undefined || /\bsuppress_prefixlength \d/.test(rule)) continue
    // What the machine itself sends comes in by lo.
    const place = /^from all(?: iif lo)? lookup \S+(?: proto \S+)?$/.test(rule) ? index : selective + index
    places.set(table, Math.min(place, places.get(table) ?? Infinity))
  }
  return (table) => {
    // A VRF's rule names no table: it leads to that of whichever VRF the packet belongs to.
    const vrf = places.has('[l3mdev-table]') ? selective : undefined
    const order = places.get(table) ?? vrf
    return order === undefined ? null : { order, everyPacket: order < selective }
  }
}
