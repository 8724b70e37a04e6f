import type { Fleet } from '@slashzero/contract/page'

/** Whether no VM and no sender is known anywhere: the collector of an idle machine reports, but there is nothing to judge yet. */
export function watchesNothing({ totals, hypervisors }: Fleet): boolean {
  return (
    totals.vms === 0 &&
    hypervisors.every(({ status, optmemMaxBytes }) => status === 'healthy' && optmemMaxBytes === null)
  )
}
