import type { InterfaceAddress, Link, Neighbour } from '@slashzero/linux'
import type { Vm } from '../../probes/process/identify-vms.ts'
import type { Tap } from '../../probes/namespace/read-taps.ts'
import { isGlobal, sharesPrefix } from './parse-source.ts'

/** An address of a VM. `ifindex` is this host's interface on the VM's link: the tap, or the bridge of the tap. */
export type Target = {
  address: string
  ifindex: number
  /** This host's link-local address on `ifindex`; null without. */
  onLinkSource: string | null
  /** Whether this host routes for every link of the VM in this namespace, so that no link may have another router. */
  routed: boolean
}

/**
 * The addresses to ask, or the reason why the VM cannot be asked. `interfaces` are the interfaces by which its answers
 * come.
 */
export type Prospect = { targets: Target[]; interfaces: ReadonlySet<number> } | { obstacle: string }

/** The kernel's tables of one namespace. */
export type Surroundings = {
  links: readonly Link[]
  addresses: readonly InterfaceAddress[]
  neighbours: readonly Neighbour[]
  /** Rows of the forwarding tables of bridges. */
  learnt: readonly Neighbour[]
}

/**
 * Finds the addresses to ask for each VM. `vms`: the taps of each VM in this namespace. A neighbour on a bridge belongs
 * to the one tap on which the bridge has learnt its link address.
 */
export function findTargets(
  vms: ReadonlyMap<Vm, readonly Tap[]>,
  source: string,
  surroundings: Surroundings,
): Map<Vm, Prospect> {
  const { links, addresses, neighbours, learnt } = surroundings
  if (!addresses.some(({ address, state }) => state === 'usable' && address === source)) {
    return new Map(Array.from(vms.keys(), (vm) => [vm, { obstacle: NOT_OWN }]))
  }
  const byIndex = new Map(links.map((link) => [link.ifindex, link]))
  const known = Map.groupBy(neighbours, ({ ifindex }) => ifindex)
  const own = Map.groupBy(addresses, ({ ifindex }) => ifindex)
  const behind = Map.groupBy(
    learnt.filter(({ permanent }) => !permanent),
    ({ linkAddress }) => linkAddress,
  )
  const prospect = (taps: readonly Tap[]): Prospect => {
    const targets: Target[] = []
    const interfaces = new Set<number>()
    const routed = taps.every(({ forwarding }) => forwarding === true)
    for (const tap of taps) {
      const link = byIndex.get(tap.ifindex)
      if (link === undefined) continue
      const bridge = findBridge(link, byIndex)
      const { ifindex } = bridge ?? link
      interfaces.add(ifindex)
      const here = own.get(ifindex) ?? []
      const onLinkSource =
        here.find(({ address, state }) => state === 'usable' && address.startsWith('fe80'))?.address ?? null
      for (const { address, linkAddress } of known.get(ifindex) ?? []) {
        if (address === null || linkAddress === null || !isGlobal(address)) continue
        if (bridge !== null && !isBehind(behind.get(linkAddress), link)) continue
        if (sharesPrefix(address, source, 64)) return { obstacle: ON_LINK }
        targets.push({ address, ifindex, onLinkSource, routed })
      }
      if (
        here.some(
          (one) =>
            one.address === source || (one.prefixLength < 128 && sharesPrefix(one.address, source, one.prefixLength)),
        )
      ) {
        return { obstacle: ON_LINK }
      }
    }
    return targets.length === 0 ? { obstacle: NO_ADDRESS } : { targets: targets.slice(0, MAX_ASKED), interfaces }
  }
  return new Map(Array.from(vms, ([vm, taps]) => [vm, prospect(taps)]))
}

export const NOT_OWN = "off-link-source is not an address of the tap's network namespace"
export const NO_ADDRESS = "no global address of the VM is in this host's neighbour table"
const ON_LINK = 'off-link-source is on-link for the VM, so an answer proves nothing'

/** The maximum of addresses to ask of one VM. Temporary addresses come and go, and an old address is silent. */
const MAX_ASKED = 3

function findBridge(link: Link, byIndex: ReadonlyMap<number, Link>): Link | null {
  const master = link.master === null ? undefined : byIndex.get(link.master)
  return master?.kind === 'bridge' ? master : null
}

function isBehind(rows: readonly Neighbour[] | undefined, tap: Link): boolean {
  return rows !== undefined && rows.every(({ ifindex }) => ifindex === tap.ifindex)
}
