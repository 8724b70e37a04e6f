import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'

/** Ends an API token at once. A revoked token stays as it is. */
export async function revokeApiToken(context: ServiceContext, { id }: { id: string }): Promise<void> {
  authorise(context, 'administrate')
  await context.db.prisma.$transaction(async (transaction) => {
    const found = await transaction.apiToken.findUnique({ where: { id } })
    if (found === null) throw new ServiceError('not-found', `There is no API token ${id}.`)
    if (found.revokedAt !== null) return
    await transaction.apiToken.update({ where: { id }, data: { revokedAt: new Date(context.now()) } })
    await recordAudit(transaction, context, { action: 'api-token.revoke', subject: id })
  })
}
