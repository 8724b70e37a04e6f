import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'

/** Ends a VM's token at once. A revoked token stays as it is. Throws ServiceError `not-found`. */
export async function revokeVmToken(context: ServiceContext, { id }: { id: string }): Promise<void> {
  authorise(context, 'administrate')
  await context.db.prisma.$transaction(async (transaction) => {
    const found = await transaction.vmToken.findUnique({ where: { id } })
    if (found === null) throw new ServiceError('not-found', `There is no VM token ${id}.`)
    if (found.revokedAt !== null) return
    await transaction.vmToken.update({ where: { id }, data: { revokedAt: new Date(context.now()) } })
    await recordAudit(transaction, context, { action: 'vm-token.revoke', subject: id })
  })
}
