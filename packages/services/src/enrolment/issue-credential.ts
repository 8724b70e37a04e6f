import type { EnrolRequest, EnrolResponse } from '@slashzero/contract'
import type { ServiceContext } from '../context.ts'

export async function issueCredential(_context: ServiceContext, _input: EnrolRequest): Promise<EnrolResponse> {
  throw new Error('not written yet')
}
