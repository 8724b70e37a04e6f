/** Which routing tables a packet without any special mark or source can reach a default route in. */
export type ReachedTables = (table: string) => boolean

/**
 * Reads `ip -6 rule` (iproute2, ip/iprule.c). A table counts as reached where any rule looks it up, selective ones included;
 * not where the rule suppresses its default route (`suppress_prefixlength 0`, as WireGuard does with `main`) or where a rule
 * for all packets rejects before. Null where the text is no rule list, as with kernels that have one table only.
 */
export function readIpRule(text: string): ReachedTables | null {
  const reached = new Set<string>()
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return null
  for (const line of lines) {
    const rule = /^\d+:\s+(?<body>.*)$/.exec(line.trimEnd())?.groups?.['body']
    if (rule === undefined) return null
    if (/^from all (?:unreachable|prohibit|blackhole)\b/.test(rule)) break
    const table = /\blookup (?<table>\S+)/.exec(rule)?.groups?.['table']
    if (table === undefined || /\bsuppress_prefixlength 0\b/.test(rule)) continue
    reached.add(table)
  }
  // A VRF's rule names no table: it reaches that of whichever VRF the packet belongs to.
  return (table) => reached.has(table) || reached.has('[l3mdev-table]')
}
