import type { DemoRemoved } from '@slashzero/contract/page'
import { removeHistory } from '@slashzero/db'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { notifyMembership } from '../notify.ts'

const REMOVAL_MILLISECONDS = 60_000

/** Removes every demo hypervisor with its state and history, and the enrolment tokens that would add more. */
export async function removeDemo(context: ServiceContext): Promise<DemoRemoved> {
  authorise(context, 'administrate')
  const { prisma, pool } = context.db
  const ids = await prisma.$transaction(
    async (transaction) => {
      await transaction.enrolmentToken.deleteMany({ where: { demo: true } })
      const found = await transaction.hypervisor.findMany({ where: { demo: true }, select: { id: true } })
      const removed = found.map(({ id }) => id)
      // In the order in which the ingest locks.
      await transaction.hypervisorPulse.deleteMany({ where: { hypervisorId: { in: removed } } })
      await transaction.hypervisor.deleteMany({ where: { id: { in: removed } } })
      await notifyMembership(transaction)
      await recordAudit(transaction, context, {
        action: 'demo.remove',
        subject: null,
        detail: { hypervisors: removed.length },
      })
      return removed
    },
    { timeout: REMOVAL_MILLISECONDS },
  )
  await removeHistory(pool, ids)
  return { hypervisors: ids.length }
}
