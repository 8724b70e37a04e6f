/**
 * The position of a routing table in the order of look-up, and whether every packet reaches it; null if no rule names
 * it.
 */
export type TableOrder = (table: string) => { readonly order: number; readonly everyPacket: boolean } | null

/** The position after all tables that every packet reaches: a selective rule concerns only some packets. */
const SELECTIVE = 1_000_000

/**
 * Reads `ip -6 rule` (iproute2, ip/iprule.c). Ignores rules that suppress a table's default route
 * (`suppress_prefixlength 0` or more, which WireGuard sets for `main`) and rules after a rule that rejects every
 * packet. Returns null if the text is not a list of rules, as on kernels with a single table.
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
    // Packets of the machine itself come in by lo.
    const place = /^from all(?: iif lo)? lookup \S+(?: proto \S+)?$/.test(rule) ? index : SELECTIVE + index
    places.set(table, Math.min(place, places.get(table) ?? Infinity))
  }
  return (table) => {
    // A VRF's rule names no table: it leads to the table of the packet's VRF.
    const vrf = places.has('[l3mdev-table]') ? SELECTIVE : undefined
    const order = places.get(table) ?? vrf
    return order === undefined ? null : { order, everyPacket: order < SELECTIVE }
  }
}
