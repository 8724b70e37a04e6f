import { afterAll, beforeAll, expect, test } from 'vitest'
import { noon, openWorld, type World } from '../testing/world.ts'
import { authenticateApiToken } from './authenticate.ts'
import { createApiToken } from './create.ts'
import { listApiTokens } from './list.ts'
import { revokeApiToken } from './revoke.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

test('a token reads until it is revoked', async () => {
  const { id, token } = await createApiToken(world.user, {
    name: 'tickets',
    scopes: ['read', 'read'],
    expiresInDays: 90,
  })
  expect(token).toMatch(/^sz_read_[\w-]{43}$/)
  expect(await authenticateApiToken(world.anonymous, { token })).toEqual({
    kind: 'api-token',
    tokenId: id,
    scopes: ['read'],
  })
  const at = new Date(noon).toISOString()
  expect(await listApiTokens(world.user)).toEqual([
    {
      id,
      name: 'tickets',
      scopes: ['read'],
      createdAt: at,
      expiresAt: new Date(noon + 90 * 86_400_000).toISOString(),
      lastUsedAt: at,
      revokedAt: null,
    },
  ])
  await revokeApiToken(world.user, { id })
  await revokeApiToken(world.user, { id })
  await expect(authenticateApiToken(world.anonymous, { token })).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await listApiTokens(world.user)).toMatchObject([{ id, revokedAt: at }])
  const events = await world.db.prisma.auditEvent.findMany({ where: { subject: id }, orderBy: { id: 'asc' } })
  expect(events.map(({ action, actorId }) => [action, actorId])).toEqual([
    ['api-token.create', 'user_test'],
    ['api-token.revoke', 'user_test'],
  ])
})

test('an unknown token is refused, and an unknown id is not found', async () => {
  await expect(authenticateApiToken(world.anonymous, { token: 'sz_read_x' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await expect(revokeApiToken(world.user, { id: 'token_x' })).rejects.toMatchObject({ code: 'not-found' })
})

test('a token ends at its expiry', async () => {
  const { token, expiresAt } = await createApiToken(world.user, { name: 'short', scopes: ['read'], expiresInDays: 1 })
  expect(expiresAt).toBe(new Date(noon + 86_400_000).toISOString())
  const at = (now: number) => authenticateApiToken({ ...world.anonymous, now: () => now }, { token })
  expect(await at(noon + 86_399_999)).toMatchObject({ kind: 'api-token' })
  await expect(at(noon + 86_400_000)).rejects.toMatchObject({ message: expect.stringContaining('has expired; make') })
})

test('a token cannot make or see tokens', async () => {
  const context = world.as({ kind: 'api-token', tokenId: 'token_x', scopes: ['read'] })
  await expect(createApiToken(context, { name: 'more', scopes: ['read'], expiresInDays: 1 })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(listApiTokens(context)).rejects.toMatchObject({ code: 'forbidden' })
})
