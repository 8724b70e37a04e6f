import type { Scope, ServiceContext } from '../context.ts'

/** Times are ISO 8601, UTC. */
export type ApiTokenRow = {
  id: string
  name: string
  scopes: Scope[]
  createdAt: string
  lastUsedAt: string | null
  revokedAt: string | null
}

export async function listApiTokens(_context: ServiceContext): Promise<ApiTokenRow[]> {
  throw new Error('not written yet')
}
