import { buildReport } from '@slashzero/contract/testing'
import { createApiToken } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
beforeAll(async () => (server = await startTestServer()))
afterAll(() => server.stop())

test('without its database the server lives, is not ready and answers 503', async () => {
  const host = await server.enrol('host-0001')
  const { token } = await createApiToken(server.system, { name: 'test', scopes: ['read'], expiresInDays: 1 })
  const cookie = await server.signIn()
  server.cutDatabase()

  expect((await server.ask('/healthz')).status).toBe(200)
  const asked = [
    await server.ask('/readyz'),
    await server.report(host.credential, buildReport(1)),
    await server.ask('/api/v1/vms', { headers: { authorization: `Bearer ${token}` } }),
    await server.ask('/trpc/fleet.summary', { headers: { cookie } }),
    await server.ask('/vms', { headers: { cookie } }),
  ]
  for (const response of asked) {
    expect([response.url, response.status]).toEqual([response.url, 503])
    expect(await response.text()).not.toMatch(/prisma|postgres:|127\.0\.0\.1/i)
  }
  expect(asked[1]?.headers.get('retry-after')).toBe('5')
  // An open page that asks for the next page keeps itself if the connection breaks.
  await expect(server.ask('/vms', { headers: { cookie, rsc: '1' } })).rejects.toThrow('fetch failed')
})
