import type { SeenAdvertisement } from '@slashzero/contract/report'
import type { AdvertisedPrefix, RouterAdvertisement } from '@slashzero/linux'
import { fromHexAddress } from '@slashzero/route-table'

/** An advertisement that crossed an interface. `at` is on the monotonic clock, in milliseconds. */
type Sighting = {
  ifindex: number
  direction: SeenAdvertisement['direction']
  linkAddress: string | null
  advertisement: RouterAdvertisement
  at: number
}

/** The latest advertisements of one namespace. */
export type AdvertisementStore = {
  readonly keep: (sighting: Sighting) => void
  /** Notes that packets were lost, so the next pause of every router is unknown. */
  readonly miss: () => void
  /** The advertisements of one interface, latest first. `epoch` is the wall clock at moment 0. */
  readonly list: (ifindex: number, epoch: number) => SeenAdvertisement[]
  /** Forgets all other interfaces without an advertisement after the moment `since`. */
  readonly retain: (ifindexes: ReadonlySet<number>, since: number) => void
}

/**
 * Keeps the latest advertisement of each router. A guest can pretend to be many routers, so each interface and
 * direction has room for a few, and only a router whose route has ended loses its place.
 */
export function createAdvertisementStore(): AdvertisementStore {
  const interfaces = new Map<number, Map<string, Kept>>()
  return {
    keep({ ifindex, direction, linkAddress, advertisement, at }) {
      const kept = interfaces.get(ifindex) ?? new Map<string, Kept>()
      interfaces.set(ifindex, kept)
      const key = `${direction} ${advertisement.source}`
      const before = kept.get(key)
      if (before === undefined && !hasRoom(kept, direction, at)) return
      const seen = {
        source: fromHexAddress(advertisement.source),
        linkAddress,
        direction,
        routerLifetimeSeconds: readLifetime(advertisement),
        sincePreviousSeconds: before?.followed === true ? (at - before.at) / 1000 : null,
        prefixes: advertisement.prefixes.slice(0, MAX_PREFIXES).map(showPrefix),
      }
      kept.set(key, { at, followed: true, seen })
    },
    miss() {
      for (const kept of interfaces.values()) for (const one of kept.values()) one.followed = false
    },
    list(ifindex, epoch) {
      const kept = [...(interfaces.get(ifindex)?.values() ?? [])].toSorted((one, other) => other.at - one.at)
      return kept.map(({ at, seen }) => Object.assign({ seenAt: new Date(epoch + at).toISOString() }, seen))
    },
    retain(ifindexes, since) {
      for (const [ifindex, kept] of interfaces) {
        if (!ifindexes.has(ifindex) && kept.values().every(({ at }) => at < since)) interfaces.delete(ifindex)
      }
    },
  }
}

/** `followed`: no advertisement was lost since this one, so the pause before the next is known. */
type Kept = { at: number; followed: boolean; seen: Omit<SeenAdvertisement, 'seenAt'> }

const MAX_ROUTERS = 3
/** On a bridge, an advertisement of one guest crosses every tap, and every tap reports it. */
const MAX_PREFIXES = 4

/** Makes room if it can. */
function hasRoom(kept: Map<string, Kept>, direction: SeenAdvertisement['direction'], at: number): boolean {
  const same = [...kept].filter(([, { seen }]) => seen.direction === direction)
  if (same.length < MAX_ROUTERS) return true
  const ended = same.find(([, one]) => one.at + one.seen.routerLifetimeSeconds * 1000 < at)
  return ended !== undefined && kept.delete(ended[0])
}

/** A route information option for ::/0 takes precedence over the router lifetime (RFC 4191, 4.2). */
function readLifetime({ routes, routerLifetimeSeconds }: RouterAdvertisement): number {
  const told = routes.find(({ length }) => length === 0)
  return told === undefined ? routerLifetimeSeconds : (told.lifetimeSeconds ?? ENDLESS)
}

const ENDLESS = 0xffff_ffff

function showPrefix({ prefix, length, ...rest }: AdvertisedPrefix): SeenAdvertisement['prefixes'][number] {
  return { prefix: `${fromHexAddress(prefix)}/${length}`, ...rest }
}
