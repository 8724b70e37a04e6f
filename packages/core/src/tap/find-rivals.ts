import type { TapState } from '../state.ts'
import { counted, figure } from '../wording/figures.ts'
import { findJoiners, isMute, listNames } from './judge-tap.ts'
import type { TapSender } from './judge-tap.ts'
import type { AdvertisementFindings } from './read-advertisements.ts'

/** Several daemons of the host that advertise on one tap. `joined`: how many have joined there; null if unknown. */
export function findRivals(senders: readonly TapSender[], joined: number | null): AdvertisementFindings {
  if (joined === null || joined < 2) return NONE
  const [only, another] = senders
  if (only && !another) {
    const unseen = `${counted(joined, 'program')} have joined ff02::2 here, but only ${only.name} was seen`
    return only.sockets.length < joined ? { harmful: null, suspicious: unseen } : NONE
  }
  const rivals = (findJoiners(senders, joined) ?? []).filter((sender) => !isMute(sender))
  if (rivals.length < 2) return NONE
  const lifetimes = rivals.map(({ lifetime }) => lifetime).filter((lifetime) => lifetime !== null)
  const words = lifetimes.map((lifetime) => `${figure(lifetime)} s`)
  const told = lifetimes.length === rivals.length ? ` (router lifetimes ${listNames(words)})` : ''
  const share = `${figure(rivals.length)} senders share this link${told}`
  return lifetimes.includes(0) && lifetimes.some((lifetime) => lifetime > 0)
    ? { harmful: `${share}, and each advertisement with lifetime 0 ends the default route`, suspicious: null }
    : { harmful: null, suspicious: `${share}, and VMs obey the last advertisement` }
}

/**
 * Whether something behind the tap advertises: own advertisements come back at most once each, so more in than out come
 * from the VM. Counters of a bridge also count the network's routers, and say nothing.
 */
export function findRogue(
  {
    name,
    routerAdvertsIn: came,
    routerAdvertsOut: went,
    countedOn,
  }: Pick<TapState, 'name' | 'routerAdvertsIn' | 'routerAdvertsOut' | 'countedOn'>,
  listener: string | null | undefined,
): string | null {
  if (listener !== name || countedOn || came === null || went === null || came <= went) return null
  return `the VM sends Router Advertisements itself: ${figure(came)} came in on ${name}, and this host sent ${figure(went)}`
}

const NONE: AdvertisementFindings = { harmful: null, suspicious: null }
