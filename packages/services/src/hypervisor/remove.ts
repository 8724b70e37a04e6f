import { removeHistory } from '@slashzero/db'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { notifyMembership } from '../notify.ts'

/**
 * Removes a hypervisor with its credentials, state and history. Its collector must enrol again. Throws ServiceError
 * `not-found`.
 */
export async function removeHypervisor(context: ServiceContext, { id }: { id: string }): Promise<void> {
  authorise(context, 'administrate')
  const { prisma, pool } = context.db
  await prisma.$transaction(async (transaction) => {
    // In the order in which the ingest locks.
    await transaction.hypervisorPulse.deleteMany({ where: { hypervisorId: id } })
    const { count } = await transaction.hypervisor.deleteMany({ where: { id } })
    if (count === 0) throw new ServiceError('not-found', `There is no hypervisor ${id}.`)
    await notifyMembership(transaction)
    await recordAudit(transaction, context, { action: 'hypervisor.remove', subject: id })
  })
  await removeHistory(pool, [id])
}
