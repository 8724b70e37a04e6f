import { verifyPassword } from 'better-auth/crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorld, type World } from '../testing/world.ts'
import { administratorExists } from './administrator-exists.ts'
import { createAdministrator } from './create-administrator.ts'
import { createSetupLink } from './create-setup-link.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.db.prisma.user.deleteMany()
})

const person = { name: 'Ada', email: 'Ada@Example.org', password: 'correct horse battery' }

async function makeLink(): Promise<string> {
  const link = await createSetupLink(world.system)
  if (link === null) throw new Error('expected a link')
  return link.token
}

test('the link makes one administrator with a password that better-auth accepts', async () => {
  expect(await administratorExists(world.anonymous)).toBe(false)
  const token = await makeLink()
  const { userId } = await createAdministrator(world.anonymous, { token, ...person })
  expect(await administratorExists(world.anonymous)).toBe(true)
  const user = await world.db.prisma.user.findUniqueOrThrow({ where: { id: userId }, include: { accounts: true } })
  expect(user).toMatchObject({
    name: 'Ada',
    email: 'ada@example.org',
    accounts: [{ providerId: 'credential', accountId: userId }],
  })
  const hash = user.accounts[0]?.password ?? ''
  expect(await verifyPassword({ hash, password: person.password })).toBe(true)
  expect(await verifyPassword({ hash, password: 'wrong' })).toBe(false)
  expect(await createSetupLink(world.system)).toBeNull()
  await expect(createAdministrator(world.anonymous, { token, ...person })).rejects.toMatchObject({ code: 'conflict' })
})

test('a link used twice at once makes one administrator', async () => {
  const token = await makeLink()
  const attempts = ['a@example.org', 'b@example.org'].map((email) =>
    createAdministrator(world.anonymous, { token, ...person, email }),
  )
  const results = await Promise.allSettled(attempts)
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  expect(await world.db.prisma.user.count()).toBe(1)
})

test('expired, replaced and invented links are refused', async () => {
  const replaced = await makeLink()
  const expired = await makeLink()
  const refusal = { code: 'unauthenticated', message: expect.stringContaining('npx slashzero user') }
  await expect(createAdministrator(world.anonymous, { token: replaced, ...person })).rejects.toMatchObject(refusal)
  await expect(createAdministrator(world.anonymous, { token: 'sz_setup_no', ...person })).rejects.toMatchObject(refusal)
  world.clock.now += 24 * 3_600_000 + 1
  await expect(createAdministrator(world.anonymous, { token: expired, ...person })).rejects.toMatchObject(refusal)
})

test('only the operator gets a link', async () => {
  await expect(createSetupLink(world.user)).rejects.toMatchObject({ code: 'forbidden' })
})
