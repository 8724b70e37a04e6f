import type { ApiTokenCreated, ApiTokenRequest } from '@slashzero/contract/page'
import { recordAudit } from '../audit.ts'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { hashSecret, newId, newSecret } from '../secret.ts'

/** Makes an API token. The token is shown once. */
export async function createApiToken(
  context: ServiceContext,
  { name, scopes }: ApiTokenRequest,
): Promise<ApiTokenCreated> {
  authorise(context, 'administrate')
  const token = newSecret('read')
  const id = newId('token')
  await context.db.prisma.$transaction(async (transaction) => {
    await transaction.apiToken.create({
      data: {
        id,
        name,
        tokenHash: hashSecret(token),
        scopes: [...new Set(scopes)],
        createdAt: new Date(context.now()),
      },
    })
    await recordAudit(transaction, context, { action: 'api-token.create', subject: id, detail: { name } })
  })
  return { id, token }
}
