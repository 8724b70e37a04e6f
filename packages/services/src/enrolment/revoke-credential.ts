import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { endCredentials } from './grant-credential.ts'

/** Ends every credential of a hypervisor; its collector must enrol again. Returns how many were live. */
export async function revokeCredential(
  context: ServiceContext,
  { hypervisorId }: { hypervisorId: string },
): Promise<{ revoked: number }> {
  authorise(context, 'administrate')
  return context.db.prisma.$transaction(async (transaction) => {
    const found = await transaction.hypervisor.findUnique({ where: { id: hypervisorId }, select: { id: true } })
    if (found === null) throw new ServiceError('not-found', `There is no hypervisor ${hypervisorId}.`)
    const revoked = await endCredentials(context, transaction, hypervisorId)
    await recordAudit(transaction, context, { action: 'credential.revoke', subject: hypervisorId, detail: { revoked } })
    return { revoked }
  })
}
