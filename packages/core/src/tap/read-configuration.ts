import type { SenderConfiguration } from '@slashzero/contract/report'
import { moment } from '../wording/figures.ts'

type Interface = SenderConfiguration['interfaces'][number]

/** Problems that the configuration of a namespace's only sender shows for a tap, in words; null without a problem. */
export type TapConfiguration = {
  /** Why the sender may not have joined on the tap. */
  readonly unjoined: string | null
  /** Why VMs can lose their default route although the sender has joined. */
  readonly harmful: string | null
  /** The router lifetime that the sender advertises on the tap, in seconds; null if unknown. */
  readonly lifetime: number | null
}

/**
 * Reads a configuration for many taps. `listener`: the interface on which the sender must join to hear a tap; `daemon`: the
 * sender. Findings name a configuration that the sender may not have loaded.
 */
export function readConfiguration(
  configuration: SenderConfiguration | null | undefined,
  daemon = 'radvd',
): (listener: string | null | undefined) => TapConfiguration {
  if (!configuration) return () => SILENT
  const { path, changedAt, newerThanProcess } = configuration
  const interfaces = new Map(configuration.interfaces.map((one) => [one.name, one]))
  const changed = `${path} was changed at ${moment(Date.parse(changedAt))}, after the sender started, and may not be loaded`
  const newer = newerThanProcess === true ? changed : null
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
    const harm = refusal ?? findHarm(found, isRadvd)
    const lifetime = newer === null && found.sendsAdverts ? found.routerLifetimeSeconds : null
    return {
      unjoined: say(refusal && `${path}: ${refusal}`) ?? newer,
      harmful: say(harm && `${path}: ${harm}`),
      lifetime,
    }
  }
}

const SILENT: TapConfiguration = { unjoined: null, harmful: null, lifetime: null }

/** radvd skips an interface whose settings are out of bounds (interface.c, check_iface). */
function findRefusal({
  name,
  maxIntervalSeconds: interval,
  routerLifetimeSeconds: lifetime,
}: Interface): string | null {
  if (lifetime === 0 || lifetime >= interval) return null
  return `the router lifetime on ${name}, ${lifetime} s, is below MaxRtrAdvInterval, ${interval} s`
}

function findHarm(found: Interface, isRadvd: boolean): string | null {
  const { name, sendsAdverts, unicastOnly, maxIntervalSeconds: interval, routerLifetimeSeconds: lifetime } = found
  if (!sendsAdverts)
    return isRadvd ? `AdvSendAdvert is off on ${name}` : `no Router Advertisement is configured for ${name}`
  if (lifetime === 0) return `the router lifetime on ${name} is 0, so VMs get no default route`
  if (unicastOnly)
    return `UnicastOnly is on for ${name}, so a default route ends ${lifetime} s after the VM last solicited`
  if (lifetime > interval) return null
  return `the router lifetime on ${name}, ${lifetime} s, does not exceed MaxRtrAdvInterval, so a default route can end before its renewal`
}
