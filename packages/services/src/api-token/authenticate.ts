import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { hashSecret } from '../secret.ts'
import { readScopes } from './scopes.ts'

const USE_RECORD_INTERVAL = 60_000 // milliseconds: a write for every request would cost more than the request

/** The actor of this API token. Throws ServiceError `unauthenticated` for an unknown, revoked or expired token. */
export async function authenticateApiToken(context: ServiceContext, { token }: { token: string }): Promise<Actor> {
  const { prisma } = context.db
  const found = await prisma.apiToken.findUnique({ where: { tokenHash: hashSecret(token) } })
  if (found === null || found.revokedAt !== null) {
    throw new ServiceError('unauthenticated', 'This API token is unknown or was revoked.')
  }
  const now = context.now()
  if (found.expiresAt.getTime() <= now) {
    throw new ServiceError('unauthenticated', 'This API token has expired; make a new one on the page Account.')
  }
  if (found.lastUsedAt === null || now - found.lastUsedAt.getTime() > USE_RECORD_INTERVAL) {
    await prisma.apiToken
      .updateMany({ where: { id: found.id }, data: { lastUsedAt: new Date(now) } })
      // A read must work on a database that takes no writes.
      .catch((err: unknown) => context.log.warn({ err, tokenId: found.id }, 'the use of an API token was not recorded'))
  }
  return { kind: 'api-token', tokenId: found.id, scopes: readScopes(found.scopes) }
}
