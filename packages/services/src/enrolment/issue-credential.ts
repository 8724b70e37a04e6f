import { type EnrolRequest, type EnrolResponse, toVisible } from '@slashzero/contract/report'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { admitHost, endCredentials, grantCredential } from './grant-credential.ts'

/** Gives the server's own machine a credential without a token and revokes the previous credential. */
export async function issueCredential(context: ServiceContext, { host }: EnrolRequest): Promise<EnrolResponse> {
  authorise(context, 'operate')
  return context.db.prisma.$transaction(async (transaction) => {
    const hypervisorId = await admitHost(context, transaction, {
      hostId: host.id,
      name: toVisible(host.name),
      demo: false,
    })
    await endCredentials(context, transaction, hypervisorId)
    await recordAudit(transaction, context, { action: 'credential.issue', subject: hypervisorId })
    return grantCredential(context, transaction, hypervisorId)
  })
}
