import { decideDefaultRoute, describeLine } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'
import { toCandidates } from './judge-route.ts'
import type { ListedRoute, NextHop } from './judge-route.ts'
import type { TableOrder } from './read-ip-rule.ts'

const types = new Set([
  'unicast',
  'local',
  'anycast',
  'multicast',
  'broadcast',
  'unreachable',
  'blackhole',
  'prohibit',
  'throw',
])

/**
 * Reads `ip -6 route [show [default] table all]` of iproute2 (ip/iproute.c) and busybox (libiproute/iproute.c). Without
 * `tables` of `readIpRule` only `main` is reached. `complete`: whole and filtered, so an empty output is a proof.
 */
export function readIpRoute(
  text: string,
  options: { tables?: TableOrder | null; complete?: boolean } = {},
): DefaultRoute {
  const lines = text.replaceAll('\r', '').split('\n')
  const candidates: Candidate[] = []
  let failure: string | null = null
  const complete = options.complete ?? false
  let proof = complete
  // busybox omits every protocol; iproute2 omits only `boot`, the protocol of a route added by hand.
  const omitsProtocols = !/ proto /.test(text)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || /^\s/.test(line)) continue
    const hops = continuation(lines, index)
    const route = readLine(line, hops, omitsProtocols)
    if (route === null && complete && !/\b(?:default|nexthop)\b|::\/0/.test(line)) continue
    if (route === null || isCut(lines, index)) {
      failure ??= describeLine(index, line, route === null ? 'is not a route' : 'is cut off')
      continue
    }
    proof ||= route.destination !== 'default'
    if (route.destination === 'default') candidates.push(...toCandidates(route, options.tables ?? null))
  }
  return decideDefaultRoute(candidates, { proof, failure })
}

/** The indented `nexthop …` lines that follow a route with several next hops. */
function continuation(lines: readonly string[], index: number): string[] {
  let end = index + 1
  while (/^\s+\S/.test(lines[end] ?? '')) end += 1
  return lines.slice(index + 1, end)
}

/**
 * Whether a last line without a line end was cut off. If a shell trimmed the line end, the line still ends with the
 * preference, which Linux prints after every route since 4.1.
 */
function isCut(lines: readonly string[], index: number): boolean {
  return index === lines.length - 1 && !/ pref (?:low|medium|high)\b/.test(lines[index] ?? '')
}

function readLine(
  line: string,
  more: readonly string[],
  omitsProtocols: boolean,
): (ListedRoute & { destination: string }) | null {
  const words = line.trim().split(/\s+/)
  const type = types.has(words[0] ?? '') ? words.shift() : 'unicast'
  const destination = words.shift() ?? ''
  if (destination !== 'default' && !isPrefix(destination) && readAddress(destination) === null) return null
  const metric = valueOf(words, 'metric')
  const expires = valueOf(words, 'expires')
  if ([metric, expires, valueOf(words, 'dev'), valueOf(words, 'via')].includes('')) return null
  const seconds = expires === null ? null : /^(-?\d+)sec$/.exec(expires)?.[1]
  if (seconds === undefined || (metric !== null && !/^-?\d+$/.test(metric))) return null
  const hops = [words, ...more.map((hop) => hop.trim().split(/\s+/))].map(readHop).filter((hop) => hop !== null)
  const protocol = valueOf(words, 'proto')
  // Old versions of iproute2 print two spaces as well.
  const busybox = omitsProtocols && /\s{2}metric /.test(line)
  // busybox omits all next hops if there are several.
  if (type === 'unicast' && hops.length === 0 && !busybox) return null
  return {
    destination: destination === '::/0' ? 'default' : destination,
    type: type ?? 'unicast',
    hops,
    table: valueOf(words, 'table') ?? 'main',
    sourceSpecific: words[0] === 'from',
    protocol: busybox ? null : (protocol ?? 'boot'),
    // The kernel's metric is unsigned; busybox and old versions of iproute2 print a signed number.
    metric: Number(metric ?? 0) >>> 0,
    ...(busybox && seconds !== null ? readBusyboxExpiry(Number(seconds)) : readExpiry(seconds)),
  }
}

function readHop(words: readonly string[]): NextHop | null {
  const gateway = valueOf(words, 'via')
  const interfaceName = valueOf(words, 'dev')
  if (gateway === null && interfaceName === null) return null
  return { gateway: gateway === null ? null : readAddress(gateway), interfaceName, dead: words.includes('dead') }
}

/** The word after `key`; empty at the end of the line, null if the key is missing. */
function valueOf(words: readonly string[], key: string): string | null {
  const at = words.indexOf(key)
  return at === -1 ? null : (words[at + 1] ?? '')
}

function readExpiry(seconds: string | null): Pick<ListedRoute, 'expired' | 'expiresInSeconds'> {
  if (seconds === null) return { expired: false, expiresInSeconds: null }
  const left = Number(seconds)
  const ended = WRAPPED_ENDS.map((end) => left - end).find((since) => since <= 0 && since > -LONGEST_LIFETIME)
  return { expired: left <= 0 || ended !== undefined, expiresInSeconds: ended ?? left }
}

/**
 * Kernels before 3.9 print a negative time in seconds below one of these numbers, which follow from HZ (1000, 300, 250)
 * and the size of a word (jiffies_to_clock_t, kernel/time.c).
 */
const WRAPPED_ENDS = [4_294_967, 14_316_557, 17_179_869, 21_334_373, -17_179_869]
/** A router lifetime has 16 bits (RFC 4861, 4.2). */
const LONGEST_LIFETIME = 65_536

/**
 * busybox divides the kernel's 1/100 s, read as unsigned, by a frequency of /proc/net/psched, usually 10^9: live routes
 * print 0, expired ones 4. Without that file it divides by 100: expired ones print about 42,949,672.
 */
function readBusyboxExpiry(printed: number): Pick<ListedRoute, 'expired' | 'expiresInSeconds'> {
  if (printed === 0) return { expired: false, expiresInSeconds: null }
  if (printed === 4 || printed > 40_000_000) return { expired: true, expiresInSeconds: null }
  return readExpiry(String(printed))
}
