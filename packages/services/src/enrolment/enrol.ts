import type { EnrolRequest, EnrolResponse } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function enrol(_context: ServiceContext, _input: EnrolRequest & { token: string }): Promise<EnrolResponse> {
  throw new Error('not written yet')
}
