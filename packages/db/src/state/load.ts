import type { HypervisorState } from '@slashzero/core'
import type { Queryable } from '../open.ts'
import { senderSocket } from '../tables/sender-socket.ts'
import { groupByHypervisor } from '../tables/group-by-hypervisor.ts'
import { type Reader, select } from '../tables/table.ts'
import { tap } from '../tables/tap.ts'
import { vm } from '../tables/vm.ts'
import { decodeTimes, hashOf, recallVm } from '../vm/times.ts'
import type { StoredHypervisor } from './stored.ts'

/** Reads the whole stored state of hypervisors; the map lacks hypervisors without a state. */
export async function loadStates(
  client: Queryable,
  hypervisors: readonly StoredHypervisor[],
): Promise<Map<string, HypervisorState>> {
  const known = hypervisors.flatMap(({ state, ...rest }) => (state === null ? [] : [{ ...rest, state }]))
  const ids = known.map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const sockets = await readOwned(client, senderSocket, ids)
  const taps = await readOwned(client, tap, ids)
  const vms = await readOwned(client, vm, ids)
  return new Map(
    known.map(({ id, state, trends, vmTimes }) => {
      const times = decodeTimes(vmTimes)
      const trendOf = (key: string) => (trends[key] ?? []).map(([at, optmemBytes]) => ({ at, optmemBytes }))
      return [
        id,
        {
          ...state,
          sockets: (sockets.get(id) ?? []).map((socket) => Object.assign(socket, { trend: trendOf(socket.key) })),
          taps: taps.get(id) ?? [],
          vms: (vms.get(id) ?? []).map(({ id: _id, search: _search, ...own }) =>
            recallVm(own, times.get(hashOf(own.key))),
          ),
        },
      ]
    }),
  )
}

async function readOwned<Stored extends { readonly hypervisorId: string }>(
  client: Queryable,
  table: Reader<Stored> & { readonly name: string },
  ids: readonly string[],
): Promise<Map<string, Omit<Stored, 'hypervisorId'>[]>> {
  const { name } = table
  return groupByHypervisor(
    await select(client, table, `FROM ${name} WHERE hypervisor_id = ANY($1)`, [ids], `load-${name}`),
  )
}
