import {
  checkRadvdInterface,
  COMMAND_LINE,
  configureDnsmasq,
  findRadvdConf,
  parseRadvdConf,
  readDnsmasqArguments,
  readDnsmasqConf,
  showBytes,
} from '@slashzero/linux'
import type { ConfiguredInterface, RadvdInterface } from '@slashzero/linux'
import type { SenderConfiguration } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import type { Kernel } from '../../io/kernel.ts'
import { createConfinedFiles } from './confined-files.ts'
import { gatherDnsmasqOptions } from './gather-dnsmasq-options.ts'

type Interfaces = SenderConfiguration['interfaces']

export type Configuration = {
  /** The main file of the configuration, or the command line, as text for people. */
  path: string
  /** In milliseconds; null if the configuration is in no file. */
  latest: { readAt: number; changedAt: number } | null
  /** What the configuration says about these interfaces, with these MTUs; a missing interface is not served. */
  configure: (listeners: ReadonlySet<string>, mtus: ReadonlyMap<string, number>) => Interfaces
  /**
   * Whether the configuration names its interfaces. Without names, dnsmasq serves every interface with a fitting
   * address.
   */
  namesInterfaces: boolean
}

/** Loads a daemon's configuration: call it again to see what has changed. */
export type Loader = () => Promise<Configuration>

/**
 * The daemons with a readable configuration. `args` is the command line of the process, `root` the root of its file
 * system.
 */
export const LOADERS: ReadonlyMap<
  string,
  (kernel: Kernel, args: readonly string[], root: string, clock: Clock, version: string | null) => Loader
> = new Map([
  ['radvd', loadRadvd],
  ['dnsmasq', loadDnsmasq],
])

function loadRadvd(
  kernel: Kernel,
  args: readonly string[],
  root: string,
  clock: Clock,
  version: string | null,
): Loader {
  const path = findRadvdConf(args)
  const look = createConfinedFiles(kernel, root, clock, (text, file) => {
    const interfaces = parseRadvdConf(text, file, version)
    if (interfaces.length > MAX_INTERFACES) throw new Error(`${file} has more than ${MAX_INTERFACES} interfaces`)
    return interfaces.map((one) => Object.assign(one, { name: showBytes(one.name) }))
  })
  /** There may be thousands of interfaces, and between two passes almost no interface changes. */
  const known = new WeakMap<RadvdInterface, { mtu: number | null; told: Interfaces[number] }>()
  const tell = (one: RadvdInterface, mtu: number | null): Interfaces[number] => {
    const before = known.get(one)
    if (before?.mtu === mtu) return before.told
    const told = reportRadvd(one, checkRadvdInterface(one, version, mtu))
    known.set(one, { mtu, told })
    return told
  }
  return async () => {
    const files = look()
    const interfaces = await files.read(path)
    return {
      path: showBytes(path),
      latest: files.latest(),
      configure: (listeners, mtus) =>
        interfaces.filter(({ name }) => listeners.has(name)).map((one) => tell(one, mtus.get(one.name) ?? null)),
      namesInterfaces: true,
    }
  }
}

function loadDnsmasq(kernel: Kernel, args: readonly string[], root: string, clock: Clock): Loader {
  const given = readDnsmasqArguments(args)
  const look = createConfinedFiles(kernel, root, clock, readDnsmasqConf)
  return async () => {
    const files = look()
    const { options, main } = await gatherDnsmasqOptions(given, files)
    const find = configureDnsmasq(options)
    return {
      path: options.find(({ file }) => file !== COMMAND_LINE)?.file ?? (options.length > 0 ? COMMAND_LINE : main),
      latest: files.latest(),
      configure: (listeners) => [...listeners].flatMap((name) => find(name) ?? []).map(report),
      // No interface has a slash in its name.
      namesInterfaces: find('/')?.sendsAdverts !== true,
    }
  }
}

/** The contract's bounds. */
const MAX_INTERFACES = 20_000
const MAX_PREFIXES = 256

function reportRadvd(one: RadvdInterface, refusals: ReturnType<typeof checkRadvdInterface>): Interfaces[number] {
  return {
    ...report(one),
    ...(one.defaultRouteSeconds === null ? {} : { defaultRouteSeconds: end(one.defaultRouteSeconds) }),
    ...(one.clients === null ? {} : { clients: one.clients.length }),
    ...(refusals.length === 0 ? {} : { refusals }),
  }
}

function report(one: ConfiguredInterface): Interfaces[number] {
  const { name, sendsAdverts, unicastOnly, minIntervalSeconds, maxIntervalSeconds, routerLifetimeSeconds } = one
  return {
    name,
    sendsAdverts,
    unicastOnly,
    minIntervalSeconds,
    maxIntervalSeconds,
    routerLifetimeSeconds,
    prefixes: one.prefixes
      .slice(0, MAX_PREFIXES)
      .map(({ prefix, onLink, autonomous, validLifetimeSeconds, preferredLifetimeSeconds }) => {
        return {
          prefix,
          onLink,
          autonomous,
          validLifetimeSeconds: end(validLifetimeSeconds),
          preferredLifetimeSeconds: end(preferredLifetimeSeconds),
        }
      }),
  }
}

function end(seconds: number): number | null {
  return Number.isFinite(seconds) ? seconds : null
}
