import type { RouteStatus, VmResource } from '@slashzero/contract'
import type { Page, PageQuery } from '../hypervisor/list.ts'
import type { ServiceContext } from '../context.ts'

export type VmsQuery = PageQuery & { readonly route?: RouteStatus | undefined; readonly hypervisor?: string | undefined }

export async function listVmResources(_context: ServiceContext, _input: VmsQuery): Promise<Page<VmResource>> {
  throw new Error('not written yet')
}
