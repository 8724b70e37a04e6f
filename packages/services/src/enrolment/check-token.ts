import type { Database } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { findTogether } from '../find-together.ts'
import { hashSecret } from '../secret.ts'

const find = findTogether(async ({ prisma }: Database, hashes) => {
  const found = await prisma.enrolmentToken.findMany({ where: { tokenHash: { in: [...hashes] } } })
  return new Map(found.map((token) => [token.tokenHash, token]))
})

/**
 * Checks an enrolment token without spending a use, so that no body is read for a wrong token. Throws ServiceError
 * `unauthenticated` for an unknown, spent or expired token.
 */
export async function checkEnrolmentToken({ db, now }: ServiceContext, { token }: { token: string }): Promise<void> {
  const found = await find(db, hashSecret(token))
  requireUsable(found, found !== null && found.usesLeft > 0, new Date(now()))
}

type Found = { readonly expiresAt: Date }

/** Throws ServiceError `unauthenticated` for an unknown, spent or expired token. */
export function requireUsable<Token extends Found>(
  found: Token | null,
  hasUses: boolean,
  now: Date,
): asserts found is Token {
  if (found === null)
    throw new ServiceError(
      'unauthenticated',
      'The enrolment token is unknown; check that it is complete, or make a new token.',
    )
  if (hasUses && found.expiresAt > now) return
  const state = found.expiresAt <= now ? 'has expired' : 'has no uses left'
  throw new ServiceError('unauthenticated', `The enrolment token ${state}; make a new token.`)
}
