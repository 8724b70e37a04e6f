import type { DashboardVm, VmListQuery } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

/** Every VM that the query names, in its order; `offset` and `limit` are not regarded. */
export function exportVms(_context: ServiceContext, _input: VmListQuery): AsyncIterable<DashboardVm> {
  throw new Error('not written yet')
}
