import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listedHypervisors } from '../testing/pages.ts'
import { openWorld, type World } from '../testing/world.ts'
import { authenticateCollector } from './authenticate-collector.ts'
import { createEnrolmentToken } from './create-token.ts'
import { enrol } from './enrol.ts'
import { issueCredential } from './issue-credential.ts'
import { revokeCredential } from './revoke-credential.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const host = { id: 'host-0001', name: 'hv-1' }

async function makeToken(more: { uses?: number; demo?: boolean } = {}): Promise<string> {
  const { token } = await createEnrolmentToken(world.user, {
    name: 'test',
    uses: 1,
    demo: false,
    expiresInHours: 24,
    ...more,
  })
  return token
}

test('a token is exchanged for a credential of this host only', async () => {
  const { hypervisorId, credential } = await enrol(world.anonymous, { token: await makeToken(), host })
  expect(credential).toMatch(/^sz_host_[\w-]{43}$/)
  expect(await authenticateCollector(world.anonymous, { credential })).toEqual({
    kind: 'collector',
    hypervisorId,
    hostId: 'host-0001',
  })
  expect(await listedHypervisors(world.user)).toMatchObject([
    { id: hypervisorId, name: 'hv-1', demo: false, status: 'silent', lastSeenAt: null },
  ])
})

test('tokens and credentials are not stored in clear', async () => {
  const token = await makeToken()
  const { credential } = await enrol(world.anonymous, { token, host })
  const tables = ['enrolment_token', 'collector_credential', 'audit_event']
  const dumps = await Promise.all(tables.map((table) => world.db.pool.query(`SELECT t::text AS row FROM ${table} t`)))
  const text = JSON.stringify(dumps.map((dump) => dump.rows))
  expect(text).toContain('hypervisor.enrol')
  expect(text).not.toContain(token.slice(9))
  expect(text).not.toContain(credential.slice(8))
})

test('a token with one use serves one of many hosts at once', async () => {
  const token = await makeToken()
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      enrol(world.anonymous, { token, host: { id: `host-000${index}`, name: 'x' } }),
    ),
  )
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  expect(refused.every((error) => error.code === 'unauthenticated' && error.message.includes('has no uses left'))).toBe(
    true,
  )
  expect(await listedHypervisors(world.user)).toHaveLength(1)
})

test('a host that enrols many times at once gets one credential', async () => {
  const token = await makeToken({ uses: 8 })
  const results = await Promise.allSettled(Array.from({ length: 4 }, () => enrol(world.anonymous, { token, host })))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
  expect(refused).toEqual(['conflict', 'conflict', 'conflict'])
})

test('a host with a live credential is refused, and the token keeps its use', async () => {
  const token = await makeToken({ uses: 2 })
  const first = await enrol(world.anonymous, { token, host })
  await expect(enrol(world.anonymous, { token, host })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('revoke'),
  })
  expect(await revokeCredential(world.user, { hypervisorId: first.hypervisorId })).toEqual({ revoked: 1 })
  const second = await enrol(world.anonymous, { token, host })
  expect(second.hypervisorId).toBe(first.hypervisorId)
  expect(second.credential).not.toBe(first.credential)
})

test.for([
  { name: 'an unknown token', token: 'sz_enrol_never', later: 0, says: 'unknown' },
  { name: 'an expired token', token: null, later: 25, says: 'expired' },
])('$name is refused', async ({ token, later, says }) => {
  const used = token ?? (await makeToken())
  world.clock.now += later * 3_600_000
  await expect(enrol(world.anonymous, { token: used, host })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining(says),
  })
})

test('revoked and unknown credentials are refused', async () => {
  const { hypervisorId, credential } = await enrol(world.anonymous, { token: await makeToken(), host })
  await revokeCredential(world.user, { hypervisorId })
  await expect(authenticateCollector(world.anonymous, { credential })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await expect(authenticateCollector(world.anonymous, { credential: '' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await expect(revokeCredential(world.user, { hypervisorId: 'hv_none' })).rejects.toMatchObject({ code: 'not-found' })
})

test("the server's own machine gets a new credential at each start", async () => {
  const first = await issueCredential(world.system, { host })
  const second = await issueCredential(world.system, { host })
  expect(second.hypervisorId).toBe(first.hypervisorId)
  await expect(authenticateCollector(world.anonymous, first)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await authenticateCollector(world.anonymous, second)).toMatchObject({ hypervisorId: first.hypervisorId })
  await expect(issueCredential(world.user, { host })).rejects.toMatchObject({ code: 'forbidden' })
})

test('only a person or the server makes and revokes tokens', async () => {
  const input = { name: 'x', uses: 1, demo: false, expiresInHours: 1 }
  const token = world.as({ kind: 'api-token', tokenId: 'token_x', scopes: ['read'] })
  await expect(createEnrolmentToken(token, input)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(createEnrolmentToken(world.anonymous, input)).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(revokeCredential(token, { hypervisorId: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
})
