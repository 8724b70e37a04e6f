import type { VmState } from '@slashzero/core'
import { isRecheck } from '../state/recheck.ts'
import { decodeInOrder, encodeTimes, endDecides, findNamesakes, recallVm } from './times.ts'

/**
 * The VMs of a hypervisor as the database holds them: rows that change with a verdict, and the times of the last report
 * in bytes. A steady report replaces only the bytes, so that the garbage collector has little to move.
 */
export type PackedVms = { readonly rows: readonly VmState[]; readonly times: Uint8Array }

/** Packs VMs. Rows of `before`, an earlier report of the same hypervisor, are kept where only times changed. */
export function packVms(vms: readonly VmState[], observedAt: number, before: PackedVms | null): PackedVms {
  const namesakes = findNamesakes(vms)
  const findRow = createFinder(before?.rows ?? [])
  const rows = vms.map((vm, index) => {
    const isNamesake = namesakes.has(vm.key)
    const row = findRow(vm.key, index)
    if (row !== undefined && !isNamesake && isRecheck(row, vm)) return row
    return isNamesake || vm.route.countdown === null || endDecides(vm.route) ? vm : withoutEnd(vm)
  })
  // A copy, because the writer's buffer is larger than its bytes.
  return { rows, times: encodeTimes(vms, observedAt, namesakes).slice() }
}

/** As in the database: an absent time then means that the route has no known end. */
function withoutEnd(vm: VmState): VmState {
  return { ...vm, route: { ...vm.route, countdown: null } }
}

/** The VMs that were packed, with times in whole milliseconds of the years 1970 to 9999. */
export function unpackVms({ rows, times }: PackedVms): VmState[] {
  const latest = decodeInOrder(
    times,
    rows.map(({ key }) => key),
  )
  return rows.map((row, index) => recallVm(row, latest[index]))
}

function createFinder(rows: readonly VmState[]): (key: string, index: number) => VmState | undefined {
  let byKey: ReadonlyMap<string, VmState> | undefined
  return (key, index) => {
    const row = rows[index]
    if (row?.key === key) return row
    byKey ??= new Map(rows.map((one) => [one.key, one]))
    return byKey.get(key)
  }
}
