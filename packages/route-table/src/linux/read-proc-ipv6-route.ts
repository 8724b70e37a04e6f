import { decideDefaultRoute, describeLine } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { fromHexAddress } from '../read-address.ts'

// include/uapi/linux/route.h and ipv6_route.h
const RTF_UP = 0x0001
const RTF_REJECT = 0x0200
const RTF_DEFAULT = 0x0001_0000
const RTF_ADDRCONF = 0x0004_0000
const RTF_EXPIRES = 0x0040_0000

const row =
  /^([0-9a-f]{32}) ([0-9a-f]{2}) [0-9a-f]{32} [0-9a-f]{2} ([0-9a-f]{32}) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8}) +(\S+)$/

/**
 * Reads `/proc/net/ipv6_route` (net/ipv6/route.c, ipv6_route_native_seq_show; hexadecimal). It names no table and no
 * time left, so a present route has a `reason`. Whole only if a table ends with a route to ::/0 or its rejecting route.
 */
export function readProcIpv6Route(text: string): DefaultRoute {
  const candidates: Candidate[] = []
  let failure: string | null = null
  let whole = false
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    const [, destination = '', length = '', gateway = '', metric = '', flags = '', device = ''] = row.exec(line) ?? []
    if (destination === '') {
      failure ??= describeLine(index, line, 'is not a row of /proc/net/ipv6_route')
      continue
    }
    whole = length === '00' && /^0+$/.test(destination)
    if (!whole) continue
    candidates.push(
      judgeKernelRoute({
        gateway: /^0+$/.test(gateway) ? null : fromHexAddress(gateway),
        interfaceName: device,
        metric: Number.parseInt(metric, 16),
        flags: Number.parseInt(flags, 16),
      }),
    )
  }
  return decideDefaultRoute(candidates, { proof: whole, failure })
}

/** A route to `::/0` by the flags of the kernel's own list, which the guest agent passes on. */
export function judgeKernelRoute(route: {
  gateway: string | null
  interfaceName: string | null
  metric: number
  flags: number
}): Candidate {
  const { flags, ...facts } = route
  const advertised = (flags & (RTF_DEFAULT | RTF_ADDRCONF)) !== 0
  const listed = {
    ...facts,
    origin: advertised ? ('ra' as const) : ('static' as const),
    expiresInSeconds: null,
    order: 0,
  }
  // The kernel also lists its own answer to a failed look-up, with the highest metric: there is no default route.
  if ((flags & RTF_REJECT) !== 0) return { ...listed, state: 'rejecting', reason: null }
  if ((flags & RTF_UP) === 0) return { ...listed, state: 'unused', reason: null }
  return {
    ...listed,
    state: 'present',
    reason:
      (flags & RTF_EXPIRES) === 0
        ? 'listed by the kernel, which does not say here whether a rule reaches its table'
        : 'listed by the kernel, which does not say here whether it has expired',
  }
}
