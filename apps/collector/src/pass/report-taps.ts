import type { SeenAdvertisement, TapReport } from '@slashzero/contract/report'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Vm } from '../probes/process/identify-vms.ts'

export type TapReporter = (
  taps: readonly Tap[],
  ownerOf: ReadonlyMap<Tap, Vm>,
  /** Null if the watch does not hear the tap; undefined without a watch. */
  heardOn: (ifindex: number) => SeenAdvertisement[] | null | undefined,
) => TapReport[]

/**
 * Reports taps with their VMs. A tap without changes has the same report object as in the last pass, and the list is
 * the same list while all taps have.
 */
export function createTapReporter(): TapReporter {
  const made = new WeakMap<Tap, TapReport>()
  const lists = new WeakMap<readonly Tap[], TapReport[]>()

  function report(tap: Tap, vm: Vm | undefined, heard: ReturnType<Parameters<TapReporter>[2]>): TapReport {
    const before = made.get(tap)
    if (before !== undefined && isSameVm(before.vm, vm) && isSameSilence(before.advertisements, heard)) return before
    const { byteName: _, ...facts } = tap
    const told = {
      ...facts,
      ...(heard === undefined ? {} : { advertisements: heard }),
      vm: vm === undefined ? null : { name: vm.name, uuid: vm.uuid, pid: vm.pid },
    }
    made.set(tap, told)
    return told
  }

  return (taps, ownerOf, heardOn) => {
    const before = lists.get(taps)
    const reports = taps.map((tap) => report(tap, ownerOf.get(tap), heardOn(tap.ifindex)))
    if (before !== undefined && reports.every((one, index) => one === before[index])) return before
    lists.set(taps, reports)
    return reports
  }
}

function isSameVm(before: TapReport['vm'], vm: Vm | undefined): boolean {
  if (before === null || vm === undefined) return before === null && vm === undefined
  return before.name === vm.name && before.uuid === vm.uuid && before.pid === vm.pid
}

/** Advertisements have times, so a tap with advertisements is reported again. */
function isSameSilence(before: TapReport['advertisements'], heard: TapReport['advertisements']): boolean {
  if (before === undefined || before === null || heard === undefined || heard === null) return before === heard
  return before.length === 0 && heard.length === 0
}
