import { parseIfInet6 } from '@slashzero/linux'
import { fromHexAddress } from '@slashzero/route-table'
import type { TapReport } from '@slashzero/contract/report'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { OWN_TABLES } from './list-namespaces.ts'
import { createTableReader } from './read-table.ts'

type Addresses = NonNullable<TapReport['linkLocals']>

/** Link-local addresses by interface, in the namespace that the caller is in; null if they could not be read. */
export type LinkLocals = ReadonlyMap<number, Addresses> | null

/** As many as a report may hold. */
const MAX_ADDRESSES = 16

/** Reads the link-local addresses of one namespace. */
export function createLinkLocalsReader(kernel: Kernel): (runs: RunRecorder) => LinkLocals {
  let known: ReadonlyMap<number, Addresses> = new Map()
  const read = createTableReader(kernel, `${OWN_TABLES}/if_inet6`, (text, file) => {
    known = parse(text, file, known)
    return known
  })
  return (runs) =>
    runs.attempt(
      'link-local-addresses',
      () => {
        try {
          return read()
        } catch (error) {
          if (!isRefusal(error, 'ENOENT')) throw error
          runs.absent('link-local-addresses', `no IPv6 in this kernel: ${error.message}`)
          return null
        }
      },
      null,
    )
}

/** Addresses that are as in `known` are the same objects. */
function parse(text: string, file: string, known: ReadonlyMap<number, Addresses>): ReadonlyMap<number, Addresses> {
  const own = parseIfInet6(text, file).filter(({ address }) => /^fe[89ab]/.test(address))
  const byIndex = Map.groupBy(own, ({ ifindex }) => ifindex)
  return new Map(
    Array.from(byIndex, ([ifindex, rows]) => {
      const addresses = rows
        .slice(0, MAX_ADDRESSES)
        .map(({ address, state }) => ({ address: fromHexAddress(address), state }))
      const before = known.get(ifindex)
      return [ifindex, before !== undefined && isEqual(before, addresses) ? before : addresses]
    }),
  )
}

function isEqual(some: Addresses, others: Addresses): boolean {
  return (
    some.length === others.length &&
    some.every(({ address, state }, index) => address === others[index]?.address && state === others[index].state)
  )
}
