import type { ApiToken } from '@slashzero/contract/page'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { readScopes } from './scopes.ts'

/** All API tokens, newest first, including revoked tokens. Secrets are not stored. */
export async function listApiTokens(context: ServiceContext): Promise<ApiToken[]> {
  authorise(context, 'administrate')
  const tokens = await context.db.prisma.apiToken.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] })
  return tokens.map(({ id, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }) => ({
    id,
    name,
    scopes: readScopes(scopes),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }))
}
