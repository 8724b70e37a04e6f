import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'
import { readScopes } from './scopes.ts'

const USE_RECORD_INTERVAL = 60_000 // milliseconds: a write for every request would cost more than the request

/** The actor of this API token. Throws ServiceError `unauthenticated` for an unknown or revoked token. */
export async function authenticateApiToken(context: ServiceContext, { token }: { token: string }): Promise<Actor> {
  const { prisma } = context.db
  const found = await prisma.apiToken.findUnique({ where: { tokenHash: hashSecret(token) } })
  if (found === null || found.revokedAt !== null) {
    throw new ServiceError('unauthenticated', 'This API token is unknown or was revoked.')
  }
  const now = context.now()
  if (found.lastUsedAt === null || now - found.lastUsedAt.getTime() > USE_RECORD_INTERVAL) {
    await prisma.apiToken.updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now) } })
  }
  return { kind: 'api-token', tokenId: found.id, scopes: readScopes(found.scopes) }
}
