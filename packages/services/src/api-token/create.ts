import type { ApiTokenCreated, ApiTokenRequest } from '@slashzero/contract/page'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'
import { DAY } from '../time.ts'

/** Makes an API token that works for `expiresInDays`. The token is shown once. */
export async function createApiToken(
  context: ServiceContext,
  { name, scopes, expiresInDays }: ApiTokenRequest,
): Promise<ApiTokenCreated> {
  authorise(context, 'administrate')
  const token = newSecret('read')
  const id = newId('token')
  const createdAt = new Date(context.now())
  const expiresAt = new Date(context.now() + expiresInDays * DAY)
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.apiToken.create({
      data: {
        id,
        name,
        tokenHash: hashSecret(token),
        scopes: [...new Set(scopes)],
        createdAt,
        expiresAt,
      },
    })
    await recordAudit(transaction, context, {
      action: 'api-token.create',
      subject: id,
      detail: { name, expiresInDays },
    })
  })
  return { id, token, expiresAt: expiresAt.toISOString() }
}
