import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'
import { administratorExists } from './administrator-exists.ts'

export const SETUP_LINK_HOURS = 24

/**
 * The token of a link that lets the first administrator set a password, once, within SETUP_LINK_HOURS. Earlier links
 * end. Null if an administrator exists.
 */
export async function createSetupLink(context: ServiceContext): Promise<{ token: string } | null> {
  authorise(context, 'operate')
  if (await administratorExists(context)) return null
  const token = newSecret('setup')
  const id = newId('link')
  const createdAt = new Date(context.now())
  const expiresAt = new Date(context.now() + SETUP_LINK_HOURS * 3_600_000)
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.oneTimeLink.deleteMany({ where: { purpose: 'setup', usedAt: null } })
    await transaction.oneTimeLink.create({
      data: { id, purpose: 'setup', tokenHash: hashSecret(token), createdAt, expiresAt },
    })
    await recordAudit(transaction, context, { action: 'setup-link.create', subject: id })
  })
  return { token }
}
