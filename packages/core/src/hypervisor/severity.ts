import { hypervisorStatusesWorstFirst, type HypervisorStatus } from '@slashzero/contract/rest'

/** How bad a status is: the higher, the worse. */
export function severity(status: HypervisorStatus): number {
  return hypervisorStatusesWorstFirst.length - hypervisorStatusesWorstFirst.indexOf(status)
}
