import type { EnrolmentToken, EnrolmentTokenRequest } from '@slashzero/contract/page'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'

/** Makes a token that `uses` hosts may exchange for a credential within `expiresInHours`. The token is shown once. */
export async function createEnrolmentToken(
  context: ServiceContext,
  { name, uses, demo, expiresInHours }: EnrolmentTokenRequest,
): Promise<EnrolmentToken> {
  authorise(context, 'administrate')
  const token = newSecret('enrol')
  const id = newId('enrol')
  const createdAt = new Date(context.now())
  const expiresAt = new Date(context.now() + expiresInHours * 3_600_000)
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.enrolmentToken.create({
      data: { id, name, tokenHash: hashSecret(token), demo, usesLeft: uses, expiresAt, createdAt },
    })
    await recordAudit(transaction, context, {
      action: 'enrolment-token.create',
      subject: id,
      detail: { name, uses, demo },
    })
  })
  return { token, createdAt: createdAt.toISOString() }
}
