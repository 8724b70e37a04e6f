import { decideDefaultRoute, describeLine } from '../default-route.ts'
import type { Candidate, DefaultRoute } from '../default-route.ts'
import { isPrefix, readAddress } from '../read-address.ts'

/**
 * Reads `route -A inet6 [-n]` of net-tools (lib/inet6_gr.c) and busybox (networking/route.c), without time left and
 * table. Whole only if it ends with a route to ::/0, as the kernel's list does.
 */
export function readRouteInet6(text: string): DefaultRoute {
  const candidates: Candidate[] = []
  let failure: string | null = null
  let heading = false
  let whole = false
  for (const [index, line] of text.replaceAll('\r', '').split('\n').entries()) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || line.startsWith('Kernel ')) continue
    if (words[0] === 'Destination') {
      heading = true
      continue
    }
    const destination = (words[0] ?? '').replace(/^\[(.*)\]/, '$1')
    const candidate = heading && (isPrefix(destination) || destination === 'default') ? readRow(words) : null
    if (candidate === null) {
      failure ??= describeLine(index, line, 'is not a route')
      continue
    }
    whole = destination === 'default' || /^[0:]+\/0$/.test(destination)
    if (whole) candidates.push(candidate)
  }
  return decideDefaultRoute(candidates, { proof: whole, failure })
}

function readRow(words: readonly string[]): Candidate | null {
  const [, nexthop = '', flags = '', metric = '', ...more] = words
  const interfaceName = more.at(-1)
  // net-tools prints references and use as one word if the use has six digits or more.
  const counted = more.length === 3 || (more.length === 2 && /^\d{7,}$/.test(more[0] ?? ''))
  if (!counted || interfaceName === undefined || !/^[!U][A-Za-z]*$/.test(flags) || !/^-?\d+$/.test(metric)) return null
  const gateway = readAddress(nexthop.replace(/[[\]]/g, ''))
  const advertised = /[AD]/.test(flags)
  return {
    state: flags.startsWith('U') ? 'present' : 'rejecting',
    gateway: gateway === '::' ? null : gateway,
    interfaceName,
    origin: advertised ? 'ra' : 'static',
    expiresInSeconds: null,
    order: 0,
    // The kernel's unsigned metric, printed as a signed number.
    metric: Number(metric) >>> 0,
    reason: advertised ? 'listed by the kernel, which does not say here whether it has expired' : null,
  }
}
