import type { SenderConfiguration } from '@slashzero/contract/report'
import { counted, moment } from '../wording/figures.ts'

type Interface = SenderConfiguration['interfaces'][number]

/** Problems that the configuration of a namespace's only sender shows for a tap, in words; null without a problem. */
export type TapConfiguration = {
  /** Why the sender may not have joined on the tap. */
  readonly unjoined: string | null
  /** Why VMs can lose their default route although the sender has joined. */
  readonly harmful: string | null
  /**
   * The lifetime of the default route that the sender advertises on the tap, in seconds; null if unknown or endless.
   */
  readonly lifetime: number | null
}

/**
 * Reads a configuration for many taps. `listener`: the interface on which the sender must join to hear a tap; `daemon`:
 * the sender. Findings name a configuration that the sender may not have loaded.
 */
export function readConfiguration(configuration: SenderConfiguration | null | undefined, daemon = 'radvd'): Read {
  if (!configuration) return () => SILENT
  const known = readers.get(configuration)
  if (known?.daemon === daemon) return known.read
  const read = makeReader(configuration, daemon)
  readers.set(configuration, { daemon, read })
  return read
}

type Read = (listener: string | null | undefined) => TapConfiguration

/** A delta leaves a configuration the same object, and its interfaces need not be looked at again. */
const readers = new WeakMap<SenderConfiguration, { readonly daemon: string; readonly read: Read }>()

function makeReader(configuration: SenderConfiguration, daemon: string): Read {
  const { path, changedAt, newerThanProcess } = configuration
  const interfaces = new Map(configuration.interfaces.map((one) => [one.name, one]))
  const newer = newerThanProcess
    ? `${path} was changed at ${moment(Date.parse(changedAt))}, after the sender started, and may not be loaded`
    : null
  const isRadvd = daemon === 'radvd'
  const say = (words: string | null): string | null => words && [words, ...(newer === null ? [] : [newer])].join('; ')
  return (listener) => {
    if (listener === null || listener === undefined) return SILENT
    const found = interfaces.get(listener)
    if (!found)
      return {
        ...SILENT,
        unjoined: say(isRadvd ? `${listener} is not in ${path}` : `${path} does not serve ${listener}`),
      }
    const refusal = isRadvd ? findRefusal(found) : null
    const harm = refusal?.certain === true ? refusal.words : findHarm(found, isRadvd)
    return {
      unjoined: say(refusal && `${path}: ${refusal.words}`) ?? newer,
      harmful: say(harm && `${path}: ${harm}`),
      lifetime: newer === null && found.sendsAdverts ? routeLifetime(found) : null,
    }
  }
}

const SILENT: TapConfiguration = { unjoined: null, harmful: null, lifetime: null }

/** A route option for ::/0 overrides the router lifetime (RFC 4191, 3.1; rt6_route_rcv in net/ipv6/route.c). */
function routeLifetime({ defaultRouteSeconds, routerLifetimeSeconds }: Interface): number | null {
  return defaultRouteSeconds === undefined ? routerLifetimeSeconds : defaultRouteSeconds
}

/**
 * radvd skips an interface whose settings are out of bounds (interface.c, check_iface). Older collectors report no
 * refusal. `certain`: the running version refuses the settings.
 */
function findRefusal(found: Interface): { words: string; certain: boolean } | null {
  const { name, maxIntervalSeconds: interval, routerLifetimeSeconds: lifetime, refusals } = found
  if (refusals === undefined) {
    if (lifetime === 0 || lifetime >= interval) return null
    const words = `the router lifetime on ${name}, ${lifetime} s, is below MaxRtrAdvInterval, ${interval} s`
    return { words, certain: true }
  }
  const reasons = refusals.map(({ option, value, min, max, before }) => {
    const bounds = max === null ? `below ${round(min)}` : `not within ${round(min)} to ${round(max)}`
    return `${option} is ${round(value)}, ${bounds}${before === undefined ? '' : ` as radvd before ${before} demands`}`
  })
  return {
    words: `radvd refuses ${name}: ${reasons.join('; ')}`,
    certain: refusals.some(({ before }) => before === undefined),
  }
}

/** Intervals are products of numbers such as 0.33. */
function round(value: number): number {
  return Math.round(value * 100) / 100
}

function findHarm(found: Interface, isRadvd: boolean): string | null {
  const { name, sendsAdverts, unicastOnly, maxIntervalSeconds: interval, defaultRouteSeconds, clients } = found
  if (!sendsAdverts)
    return isRadvd ? `AdvSendAdvert is off on ${name}` : `no Router Advertisement is configured for ${name}`
  const lifetime = routeLifetime(found)
  if (lifetime === 0) {
    return defaultRouteSeconds === undefined
      ? `the router lifetime on ${name} is 0, so VMs get no default route`
      : `the route ::/0 on ${name} has lifetime 0, which ends the default route of VMs`
  }
  if (clients !== undefined)
    return `radvd advertises on ${name} only to the ${counted(clients, 'address', 'addresses')} in clients; other VMs get no default route`
  if (lifetime === null) return null
  if (unicastOnly)
    return `radvd only answers on ${name}, so a default route ends ${lifetime} s after the VM last solicited`
  if (lifetime > interval) return null
  const what = defaultRouteSeconds === undefined ? 'router lifetime' : 'lifetime of the route ::/0'
  return `the ${what} on ${name}, ${lifetime} s, does not exceed MaxRtrAdvInterval, so a default route can end before its renewal`
}
