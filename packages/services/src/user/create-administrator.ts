import type { Administrator, AdministratorRequest } from '@slashzero/contract/page'
import { hashPassword } from 'better-auth/crypto'
import { recordAudit } from '../audit.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret, newId } from '../secret.ts'
import { administratorExists } from './administrator-exists.ts'

/**
 * Makes the first administrator, who holds the one-time token of the set-up link. Throws ServiceError `conflict` if an
 * administrator exists, `unauthenticated` for an unknown, used or expired link.
 */
export async function createAdministrator(
  context: ServiceContext,
  { token, name, email, password }: AdministratorRequest,
): Promise<Administrator> {
  if (await administratorExists(context))
    throw new ServiceError('conflict', 'An administrator already exists; sign in.')
  const { prisma } = context.db
  const at = new Date(context.now())
  const link = { tokenHash: hashSecret(token), purpose: 'setup', usedAt: null, expiresAt: { gt: at } }
  const badLink = () =>
    new ServiceError(
      'unauthenticated',
      'This link was used, was replaced or has expired; run `npx slashzero user` to print a new link.',
    )
  // Hashing is slow by design, so the link is checked first.
  if ((await prisma.oneTimeLink.count({ where: link })) === 0) throw badLink()
  const hash = await hashPassword(password)
  const userId = newId('user')
  await prisma.$transaction(async (transaction) => {
    const { count } = await transaction.oneTimeLink.updateMany({ where: link, data: { usedAt: at } })
    if (count === 0) throw badLink()
    await transaction.user.create({
      data: { id: userId, name, email: email.toLowerCase(), createdAt: at, updatedAt: at },
    })
    // The row in which better-auth stores a password.
    await transaction.account.create({
      data: {
        id: newId('account'),
        accountId: userId,
        providerId: 'credential',
        userId,
        password: hash,
        createdAt: at,
        updatedAt: at,
      },
    })
    await recordAudit(transaction, context, { action: 'administrator.create', subject: userId })
  })
  return { userId }
}
