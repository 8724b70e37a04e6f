import { describeLine, SECOND_ROUND } from '../default-route.ts'

/** A look-up that consults a table. `suppressed`: the rule passes over the table's default route. */
type Visit = { readonly order: number; readonly suppressed: boolean }

/** When the kernel consults a table for the machine's own packets; without a visit, `reason` says why. */
export type TableOrder = (table: string) => { readonly visits: readonly Visit[]; readonly reason: string }

/** On a kernel with a single table. */
export const onlyMain: TableOrder = (table) => ({
  visits: table === 'main' ? [0, SECOND_ROUND].map((order) => ({ order, suppressed: false })) : [],
  reason: `the default route is in table ${table}, which no rule reaches`,
})

/**
 * Reads `ip -6 rule` (iproute2, ip/iprule.c) for root's own packets to the Internet, without mark or VRF. `tables`:
 * null for empty text, as on kernels with a single table. `failure`: names a rule whose effect is not known.
 */
export function readIpRule(text: string): { tables: TableOrder | null; failure: string | null } {
  const rules: Rule[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || WARNING.test(line)) continue
    const rule = readRule(line)
    if (rule === null) return { tables: null, failure: describeLine(index, line, 'is not a rule that can be judged') }
    rules.push(rule)
  }
  if (rules.length === 0) return { tables: null, failure: null }
  const visits = walk(rules)
  const named = new Map(rules.toReversed().map(({ table, preference }) => [table, preference]))
  const tables: TableOrder = (table) => {
    const rule = named.get(table)
    const who = rule === undefined ? 'no rule reaches' : `rule ${rule} opens to some packets only`
    return { visits: visits.get(table) ?? [], reason: `the default route is in table ${table}, which ${who}` }
  }
  return { tables, failure: null }
}

/** Of a file of names (iproute2, lib/rt_names.c). Older guest scripts mix the error output into the rules. */
const WARNING = /^Database \S+ is corrupted at /

type Rule = {
  readonly preference: number
  /** Whether the rule matches a packet that has, or does not yet have, a source address. */
  readonly matches: (hasSource: boolean) => boolean
  readonly table: string | null
  readonly suppressed: boolean
  readonly goto: number | null
  readonly rejects: boolean
}

/**
 * The visits of each table (fib_rules_lookup, net/core/fib_rules.c). A visit that repeats an earlier visit of its round
 * finds nothing else and is left out: a guest may send many rules and many routes.
 */
function walk(rules: readonly Rule[]): Map<string, Visit[]> {
  const visits = new Map<string, Visit[]>()
  const places = new Map(rules.map(({ preference }, place) => [preference, place] as const).toReversed())
  for (const first of [0, SECOND_ROUND]) {
    for (let at = 0; at < rules.length; at += 1) {
      const rule = rules[at]
      if (rule === undefined || !rule.matches(first === SECOND_ROUND)) continue
      if (rule.rejects) break
      // A jump leads forward; the kernel ignores a jump to a missing rule.
      const target = places.get(rule.goto ?? -1) ?? -1
      const { table, suppressed } = rule
      if (table !== null) {
        const known = visits.get(table) ?? []
        if (!known.some((visit) => visit.order >= first && visit.suppressed === suppressed))
          visits.set(table, [...known, { order: first + at, suppressed }])
      }
      if (target > at) at = target - 1
    }
  }
  return visits
}

function readRule(line: string): Rule | null {
  const [preference = '', ...words] = line.trim().split(/\s+/)
  if (!/^\d+:$/.test(preference)) return null
  const inverted = words[0] === 'not'
  const rejects = words.some((word) => REJECTING.has(word))
  const values = new Map<string, string>()
  for (let at = inverted ? 1 : 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (REMARKS.has(word) || REJECTING.has(word)) continue
    if (!SELECTORS.has(word) && !OTHERS.has(word)) return null
    values.set(word, words[(at += 1)] ?? '')
  }
  const from = values.get('from')
  // Without its file of names, iproute2 prints the number of main.
  const table = values.get('lookup')?.replace(/^254$/, 'main') ?? null
  const isVrf = table === '[l3mdev-table]'
  if (from === undefined || (table === null && !rejects && !values.has('goto') && !words.includes('nop'))) return null
  const matchesAll = [...values].every(([name, value]) => SELECTORS.get(name)?.(value) ?? true)
  return {
    preference: Number.parseInt(preference, 10),
    matches: (hasSource) => (matchesAll && !isVrf && (from === 'all' || hasSource)) !== inverted,
    // For packets outside of any VRF, such a rule names table 0, which the kernel takes for main.
    table: isVrf ? 'main' : table,
    suppressed: values.has('suppress_prefixlength'),
    goto: values.has('goto') ? Number(values.get('goto')) : null,
    // Which source address the kernel chooses is not known: it is not taken for one that a rule rejects.
    rejects: rejects && (from === 'all' || inverted),
  }
}

const never = (): boolean => false

/** Whether the machine's own packets match, by the word before the value. */
const SELECTORS = new Map<string, (value: string) => boolean>([
  ['to', (prefix) => ['all', '::/1', '::/2', '2000::/3'].includes(prefix)],
  ['fwmark', isUnmarked],
  ['iif', (name) => name === 'lo'],
  ['oif', never],
  ['tos', never],
  ['dsfield', never],
  ['dscp', (value) => /^(0|0x0+|CS0|default)$/i.test(value)],
  ['flowlabel', never],
  ['uidrange', (range) => range.startsWith('0-')],
  ['ipproto', never],
  ['sport', never],
  ['dport', never],
  ['tun_id', never],
])

/** Other words with a value. */
const OTHERS: ReadonlySet<string> = new Set([
  'from',
  'lookup',
  'suppress_prefixlength',
  'goto',
  'realms',
  'proto',
  'protocol',
])
const REMARKS: ReadonlySet<string> = new Set(['[detached]', '[unresolved]', 'nop'])
const REJECTING: ReadonlySet<string> = new Set(['unreachable', 'prohibit', 'blackhole'])

/** Whether mark 0 matches `mark` or `mark/mask`. */
function isUnmarked(value: string): boolean {
  const [mark = 0, mask = 0xffff_ffff] = value.split('/').map(Number)
  return (mark & mask) === 0
}
