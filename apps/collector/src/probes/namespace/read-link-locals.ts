import { parseIfInet6, showBytes } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import { fromHexAddress } from '@slashzero/route-table'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { OWN_TABLES } from './list-namespaces.ts'
import type { Tap } from './read-taps.ts'

type LinkLocals = NonNullable<Tap['linkLocals']>

/** As many as a report may hold. */
const MAX_ADDRESSES = 16

/** Adds to taps the link-local addresses of their listeners, in the namespace that the caller is in. */
export function addLinkLocals(taps: readonly Tap[], links: readonly Link[], kernel: Kernel, runs: RunRecorder): Tap[] {
  const addresses = taps.length === 0 ? null : runs.attempt('link-local-addresses', () => read(kernel, runs), null)
  if (addresses === null) return [...taps]
  const indexes = new Map(links.map(({ name, ifindex }) => [showBytes(name), ifindex]))
  return taps.map((tap) => {
    const index = tap.listener == null ? undefined : indexes.get(tap.listener)
    return index === undefined ? tap : Object.assign(tap, { linkLocals: addresses.get(index) ?? [] })
  })
}

/** Null if this kernel has no IPv6. */
function read(kernel: Kernel, runs: RunRecorder): ReadonlyMap<number, LinkLocals> | null {
  const file = `${OWN_TABLES}/if_inet6`
  try {
    const own = parseIfInet6(kernel.readText(file), file).filter(({ address }) => /^fe[89ab]/.test(address))
    const byIndex = Map.groupBy(own, ({ ifindex }) => ifindex)
    return new Map(
      [...byIndex].map(([ifindex, rows]) => [
        ifindex,
        rows.slice(0, MAX_ADDRESSES).map(({ address, state }) => ({ address: fromHexAddress(address), state })),
      ]),
    )
  } catch (error) {
    if (!isRefusal(error, 'ENOENT')) throw error
    runs.absent('link-local-addresses', `no IPv6 in this kernel: ${error.message}`)
    return null
  }
}
