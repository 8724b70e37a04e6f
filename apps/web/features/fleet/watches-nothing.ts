import type { Fleet } from '@slashzero/contract/page'

/** Whether the fleet has no VM and no sender: collectors on idle machines may report, but there is nothing to judge. */
export function watchesNothing({ totals, hypervisors }: Fleet): boolean {
  return (
    totals.vms === 0 &&
    hypervisors.every(({ status, optmemMaxBytes }) => status === 'healthy' && optmemMaxBytes === null)
  )
}
