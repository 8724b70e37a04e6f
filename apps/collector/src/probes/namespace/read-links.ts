import { parseLink } from '@slashzero/linux'
import type { IcmpMark, Link, LinkState } from '@slashzero/linux'
import type { Kernel } from '../../io/kernel.ts'

/** The links of a namespace, and the mark of an interface: the same object until its ICMPv6 messages change. */
type LinkReading = { links: Link[]; markOf: (ifindex: number) => IcmpMark | null }

/** Reads the links of the namespace that the caller is in. */
export type LinkReader = () => LinkReading

/**
 * Makes a reader for one namespace. Links that are as in the last reading are the same objects, and the list is the
 * same list while all are. Most passes find nothing new, and a host has thousands of links.
 */
export function createLinkReader(kernel: Kernel): LinkReader {
  let links: Link[] = []
  let known = new Map<number, LinkState>()
  const markOf = (ifindex: number): IcmpMark | null => known.get(ifindex)?.mark ?? null
  return () => {
    const states = kernel.dumpLinks((message) => parseLink(message, 'RTM_GETLINK', known))
    const isSame = states.length === links.length && states.every(({ link }, index) => link === links[index])
    if (isSame) for (const state of states) known.set(state.link.ifindex, state)
    else {
      links = states.map(({ link }) => link)
      known = new Map(states.map((state) => [state.link.ifindex, state]))
    }
    return { links, markOf }
  }
}

/** Lists the links of the namespace that the caller is in. */
export function listLinks(kernel: Kernel): Link[] {
  return kernel.dumpLinks((message) => parseLink(message).link)
}
