import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'
import { administratorExists } from './administrator-exists.ts'

const VALID_MILLISECONDS = 24 * 3_600_000

/**
 * The token of a link that lets the first administrator set a password, once, within 24 hours. Earlier links end.
 * Null if an administrator exists.
 */
export async function createSetupLink(context: ServiceContext): Promise<{ token: string } | null> {
  authorise(context, 'operate')
  if (await administratorExists(context)) return null
  const token = newSecret('setup')
  const id = newId('link')
  const createdAt = new Date(context.now())
  const expiresAt = new Date(context.now() + VALID_MILLISECONDS)
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.oneTimeLink.deleteMany({ where: { purpose: 'setup', usedAt: null } })
    await transaction.oneTimeLink.create({
      data: { id, purpose: 'setup', tokenHash: hashSecret(token), createdAt, expiresAt },
    })
    await recordAudit(transaction, context, { action: 'setup-link.create', subject: id })
  })
  return { token }
}
