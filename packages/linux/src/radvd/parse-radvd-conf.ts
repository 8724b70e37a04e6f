import { BLOCK_OPTIONS, INTERFACE_OPTIONS, KEYWORDS } from './grammar.ts'
import type { BlockKind, ValueKind } from './grammar.ts'
import { isBefore } from './is-before.ts'
import { isAddress, isDecimal, isName, isNumber, isSigned, readWords } from './read-words.ts'
import { Reader } from './reader.ts'

export type RadvdInterface = {
  /** Byte text. radvd treats quotes as part of the name. */
  name: string
  sendsAdverts: boolean
  /** Answers solicitations and sends nothing unsolicited. */
  unicastOnly: boolean
  minIntervalSeconds: number
  maxIntervalSeconds: number
  /** 0 means: not a default router. */
  routerLifetimeSeconds: number
  preference: 'low' | 'medium' | 'high'
  ignoreIfMissing: boolean
  prefixes: RadvdPrefix[]
  routes: { prefix: string; lifetimeSeconds: number }[]
  nameServers: { addresses: string[]; lifetimeSeconds: number }[]
  /**
   * The lifetime of the option `route ::/0`, which makes or ends a default route whatever the router lifetime is (RFC
   * 4191, 3.1); null without the option, Infinity without an end.
   */
  defaultRouteSeconds: number | null
  /**
   * If not null, radvd sends to these addresses alone. With UnrestrictedUnicast, it also answers others, which counts
   * as `unicastOnly`.
   */
  clients: string[] | null
  settings: RadvdSettings
  /** Options that radvd 2.19 does not know. */
  unknown: string[]
}

/** What only radvd's own check needs to know. */
type RadvdSettings = {
  minDelaySeconds: number
  /** 0: no option. */
  linkMtu: number
  reachableMilliseconds: number
  homeAgent: boolean
  homeAgentInfo: boolean
  homeAgentLifetimeSeconds: number
  mobileRouterSupport: boolean
  intervalOption: boolean
  /** Whether a prefix carries the router's address. */
  routerAddress: boolean
}

export type RadvdPrefix = {
  /** `address/length`, as written. */
  prefix: string
  onLink: boolean
  autonomous: boolean
  /** Infinity if the lifetime never ends. */
  validLifetimeSeconds: number
  preferredLifetimeSeconds: number
}

/**
 * Parses radvd.conf (byte text) as radvd does, with defaults (gram.y, defaults.h of 2.19). Throws ShapeError where
 * radvd refuses the file; returns the names of unknown options. `version`: the running radvd's, or null.
 */
export function parseRadvdConf(
  text: string,
  file = '/etc/radvd.conf',
  version: string | null = null,
): RadvdInterface[] {
  const reader = new Reader(readWords(text, file), file, version)
  const interfaces: RadvdInterface[] = []
  const names = new Set<string>()
  do interfaces.push(readInterface(reader, names))
  while (!reader.ended)
  return interfaces
}

type Options = ReadonlyMap<string, string>

function readInterface(reader: Reader, before: Set<string>): RadvdInterface {
  reader.take('interface', (word) => (isOld(reader) ? word : word.toLowerCase()) === 'interface')
  const written = reader.take('the name of an interface', isFreeName)
  // radvd compares the given name with names that are cut.
  if (before.has(written)) reader.refuse('each interface once', written)
  const name = written.slice(0, LONGEST_NAME)
  before.add(name)
  const options = new Map<string, string>()
  const lists: Pick<RadvdInterface, 'prefixes' | 'routes' | 'nameServers' | 'unknown'> = {
    prefixes: [],
    routes: [],
    nameServers: [],
    unknown: [],
  }
  const clients: string[] = []
  // The lifetimes of routes and name servers follow from the interval that is set above them.
  reader.block(() => {
    const word = isOld(reader) && !KEYWORDS.has(reader.peek()) ? '' : reader.peek().toLowerCase()
    if (word === 'prefix') {
      const { prefix, routerAddress } = readPrefix(reader, lists.unknown)
      if (routerAddress) options.set('advrouteraddr', 'on')
      return void lists.prefixes.push(prefix)
    }
    if (word === 'route') return void lists.routes.push(readRoute(reader, options, lists.unknown))
    if (word === 'rdnss') return void lists.nameServers.push(readNameServers(reader, options, lists.unknown))
    if (word === 'clients') return void clients.push(...readAddresses(reader))
    if (word === 'advrasrcaddress') return void readAddresses(reader)
    if (word === 'dnssl' || word === 'lowpanco' || word === 'abro') return readOther(reader, word, lists.unknown)
    readOption(reader, INTERFACE_OPTIONS, options, lists.unknown)
  })
  reader.end()
  const maxIntervalSeconds = seconds(options, 'maxrtradvinterval', 600)
  // radvd keeps the value in 32 bits with a sign and treats a negative value as not given.
  const lifetime = seconds(options, 'advdefaultlifetime', -1) | 0
  const unrestricted = clients.length > 0 && isOn(options, 'unrestrictedunicast', false)
  const routerLifetimeSeconds = lifetime < 0 ? Math.max(1, Math.trunc(3 * maxIntervalSeconds)) : lifetime
  return {
    name,
    sendsAdverts: isOn(options, 'advsendadvert', false),
    unicastOnly: isOn(options, 'unicastonly', false) || unrestricted,
    minIntervalSeconds: seconds(options, 'minrtradvinterval', 0.33 * maxIntervalSeconds),
    maxIntervalSeconds,
    routerLifetimeSeconds,
    preference: readPreference(options),
    ignoreIfMissing: isOn(options, 'ignoreifmissing', true),
    ...lists,
    // An address after an exclamation mark gets nothing.
    clients: clients.length === 0 || unrestricted ? null : clients.filter((one) => !one.startsWith('!')),
    defaultRouteSeconds: lists.routes.findLast(({ prefix }) => prefix.endsWith('/0'))?.lifetimeSeconds ?? null,
    settings: readSettings(options, routerLifetimeSeconds),
  }
}

function readSettings(options: Options, routerLifetimeSeconds: number): RadvdSettings {
  // A 32-bit number with a sign, as the router lifetime.
  const homeAgentLifetime = seconds(options, 'homeagentlifetime', -1) | 0
  return {
    minDelaySeconds: seconds(options, 'mindelaybetweenras', 3),
    linkMtu: seconds(options, 'advlinkmtu', 0),
    reachableMilliseconds: seconds(options, 'advreachabletime', 0),
    homeAgent: isOn(options, 'advhomeagentflag', false),
    homeAgentInfo: isOn(options, 'advhomeagentinfo', false),
    homeAgentLifetimeSeconds: homeAgentLifetime < 0 ? routerLifetimeSeconds : homeAgentLifetime,
    mobileRouterSupport: isOn(options, 'advmobrtrsupportflag', false),
    intervalOption: isOn(options, 'advintervalopt', false),
    routerAddress: isOn(options, 'advrouteraddr', false),
  }
}

/** IFNAMSIZ - 1 */
const LONGEST_NAME = 15

/** Whether the running radvd is known to lack what came with 2.20. */
function isOld({ version }: Reader): boolean {
  return version !== null && isBefore(version, '2.20')
}

function readPrefix(reader: Reader, unknown: string[]): { prefix: RadvdPrefix; routerAddress: boolean } {
  const network = readNetwork(reader)
  const options = new Map<string, string>()
  if (reader.peek() === '{') readOptions(reader, 'prefix', options, unknown)
  const validLifetimeSeconds = duration(options, 'advvalidlifetime', 86_400)
  const preferredLifetimeSeconds = duration(options, 'advpreferredlifetime', 14_400)
  if (preferredLifetimeSeconds > validLifetimeSeconds)
    reader.refuse('AdvPreferredLifetime up to AdvValidLifetime', `${preferredLifetimeSeconds}`)
  if (options.has('base6interface') && !network.endsWith('/64')) reader.refuse('a /64 with Base6Interface', network)
  reader.end()
  const [onLink, autonomous] = [isOn(options, 'advonlink', true), isOn(options, 'advautonomous', true)]
  return {
    prefix: { prefix: network, onLink, autonomous, validLifetimeSeconds, preferredLifetimeSeconds },
    routerAddress: isOn(options, 'advrouteraddr', false),
  }
}

function readRoute(reader: Reader, above: Options, unknown: string[]): RadvdInterface['routes'][number] {
  const prefix = readNetwork(reader)
  const options = readOptions(reader, 'route', new Map(), unknown)
  reader.end()
  return {
    prefix,
    lifetimeSeconds: duration(options, 'advroutelifetime', Math.trunc(3 * seconds(above, 'maxrtradvinterval', 600))),
  }
}

function readNameServers(reader: Reader, above: Options, unknown: string[]): RadvdInterface['nameServers'][number] {
  reader.next()
  const addresses = [reader.take('an IPv6 address', isAddress)]
  while (isAddress(reader.peek())) addresses.push(reader.next())
  if (addresses.length > 3 && isOld(reader))
    reader.refuse(`up to 3 addresses, as radvd ${reader.version} does,`, addresses.at(-1) ?? '')
  const options = readOptions(reader, 'rdnss', new Map(), unknown)
  reader.end()
  return {
    addresses,
    lifetimeSeconds: duration(options, 'advrdnsslifetime', Math.trunc(seconds(above, 'maxrtradvinterval', 600))),
  }
}

function readOther(reader: Reader, kind: 'dnssl' | 'lowpanco' | 'abro', unknown: string[]): void {
  reader.next()
  const isSuffix = (word: string): boolean => isFreeName(word) && /^[A-Za-z0-9.-]*$/.test(word)
  if (kind === 'dnssl') {
    reader.take('a domain', isSuffix)
    while (reader.peek() !== '{') reader.take('a domain or {', isSuffix)
  } else if (kind === 'abro') {
    reader.take('an IPv6 address', isAddress)
    if (reader.peek() === '/') {
      reader.next()
      reader.take('a number', isNumber)
    }
  }
  readOptions(reader, kind, new Map(), unknown)
  reader.end()
}

function readAddresses(reader: Reader): string[] {
  reader.next()
  const addresses: string[] = []
  reader.block(() => {
    const accepts = (word: string) => isAddress(isOld(reader) ? word : word.replace(/^!/, ''))
    addresses.push(reader.take('an IPv6 address', accepts))
    reader.end()
  })
  if (addresses.length === 0) reader.refuse('at least one IPv6 address', '}')
  reader.end()
  return addresses
}

function readNetwork(reader: Reader): string {
  reader.next()
  const address = reader.take('an IPv6 address', isAddress)
  reader.take('/', (word) => word === '/')
  return `${address}/${Number(reader.take('a prefix length up to 128', (word) => isNumber(word) && Number(word) <= 128))}`
}

function readOptions(
  reader: Reader,
  kind: BlockKind,
  options: Map<string, string>,
  unknown: string[],
): Map<string, string> {
  reader.block(() => readOption(reader, BLOCK_OPTIONS[kind], options, unknown))
  return options
}

function readOption(
  reader: Reader,
  kinds: Readonly<Record<string, ValueKind>>,
  options: Map<string, string>,
  unknown: string[],
): void {
  const name = reader.take('an option or }', (word) => /^[a-z][a-z0-9]*$/i.test(word))
  const kind = findKind(kinds, name, isOld(reader))
  if (kind === undefined) {
    if (isKnown(name)) reader.refuse('an option that belongs here', name)
    if (isOld(reader)) reader.refuse(`an option of radvd ${reader.version}`, name)
    unknown.push(name)
    options.set(name.toLowerCase(), reader.peek())
    reader.skip()
    return
  }
  const [expected, accepts] = VALUES[kind]
  const isExact = (word: string) => kind === 'name' || !isOld(reader) || word === word.toLowerCase()
  options.set(
    name.toLowerCase(),
    reader.take(`${expected} after ${name}`, (word) => accepts(word) && isExact(word)),
  )
  reader.end()
}

function findKind(kinds: Readonly<Record<string, ValueKind>>, name: string, exact: boolean): ValueKind | undefined {
  if (Object.hasOwn(kinds, name)) return kinds[name]
  const spelt = exact ? undefined : Object.keys(kinds).find((one) => one.toLowerCase() === name.toLowerCase())
  return spelt === undefined ? undefined : kinds[spelt]
}

const VALUES: Record<ValueKind, [expected: string, accepts: (word: string) => boolean]> = {
  switch: ['on or off', (word) => /^(on|off)$/i.test(word)],
  number: ['a whole number', isNumber],
  interval: ['a number', (word) => isNumber(word) || isDecimal(word)],
  signed: ['low, medium or high', isSigned],
  duration: ['a whole number or infinity', (word) => isNumber(word) || /^infinity$/i.test(word)],
  name: ['a name', isFreeName],
}

function isFreeName(word: string): boolean {
  return isName(word) && !KEYWORDS.has(word) && !isKnown(word)
}

/** Whether radvd 2.19 knows a word, perhaps in another place or case. */
function isKnown(word: string): boolean {
  return KNOWN.has(word.toLowerCase()) || KEYWORDS.has(word)
}

const KNOWN: ReadonlySet<string> = new Set(
  [INTERFACE_OPTIONS, ...Object.values(BLOCK_OPTIONS)].flatMap((kinds) =>
    Object.keys(kinds).map((name) => name.toLowerCase()),
  ),
)

function seconds(options: Options, name: string, otherwise: number): number {
  return Math.min(Number(options.get(name) ?? otherwise), 0xffff_ffff)
}

/** In the message itself, 2^32 - 1 seconds mean infinity (RFC 4861, 4.6.2). */
function duration(options: Options, name: string, otherwise: number): number {
  const value = options.get(name) ?? otherwise
  return Number(value) < 0xffff_ffff ? Number(value) : Infinity
}

function isOn(options: Options, name: string, otherwise: boolean): boolean {
  return options.has(name) ? options.get(name)?.toLowerCase() === 'on' : otherwise
}

function readPreference(options: Options): RadvdInterface['preference'] {
  const value = options.get('advdefaultpreference')?.toLowerCase() ?? 'medium'
  if (value === 'low' || value === 'high') return value
  return value === '-1' ? 'low' : 'medium'
}
