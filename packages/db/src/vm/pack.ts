import type { VmState } from '@slashzero/core'
import { isRecheck } from '../state/recheck.ts'
import { decodeInOrder, encodeTimes, endDecides, type Hashed, hashKeys, recallVm } from './times.ts'

/**
 * The VMs of a hypervisor as the database holds them: rows that change with a verdict, and the times of the last report
 * in bytes. A steady report replaces only the bytes, so that little is written and the garbage collector moves little.
 */
export type PackedVms = Hashed & { readonly rows: readonly VmState[]; readonly times: Uint8Array }

/** Packs VMs. Rows of `before`, an earlier report of the same hypervisor, are kept where only times changed. */
export function packVms(vms: readonly VmState[], observedAt: number, before: PackedVms | null): PackedVms {
  const stored = before?.rows ?? []
  const isInPlace = stored.length === vms.length && vms.every(({ key }, index) => stored[index]?.key === key)
  const byKey = isInPlace ? null : new Map(stored.map((row) => [row.key, row]))
  const { hashes, namesakes } = isInPlace && before !== null ? before : hashKeys(vms)
  const rows = vms.map((vm, index) => {
    const row = byKey === null ? stored[index] : byKey.get(vm.key)
    return namesakes.has(vm.key) ? vm : row !== undefined && isRecheck(row, vm) ? row : toRow(vm)
  })
  // A copy, because the writer's buffer is larger than its bytes.
  return { rows, times: encodeTimes(vms, observedAt, { hashes, namesakes }).slice(), hashes, namesakes }
}

/** A row holds the end of a route only if SQL needs the end. Otherwise no time in the bytes means no known end. */
function toRow(vm: VmState): VmState {
  if (vm.route.countdown === null || endDecides(vm.route)) return vm
  return { ...vm, route: { ...vm.route, countdown: null } }
}

/** The VMs that were packed, with times in whole milliseconds of the years 1970 to 9999. */
export function unpackVms({ rows, times, hashes }: PackedVms): VmState[] {
  const latest = decodeInOrder(times, hashes)
  return rows.map((row, index) => recallVm(row, latest[index]))
}
