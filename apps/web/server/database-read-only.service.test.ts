import { createApiToken, createEnrolmentToken } from '@slashzero/services'
import { buildReport } from '@slashzero/contract/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
beforeAll(async () => (server = await startTestServer()))
afterAll(() => server.stop())

async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const { pool } = server.system.db
  const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name')
  const client = await pool.connect()
  await client.query('SET default_transaction_read_only = off')
  await client.query(`ALTER DATABASE ${rows[0]?.name} SET default_transaction_read_only = ${value}`)
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  client.release(true)
}

test('on a read-only database reports get 503, /readyz too, and reads go on', async () => {
  const host = await server.enrol('host-0001')
  expect((await server.report(host.credential, buildReport(1))).status).toBe(200)
  const { token } = await createApiToken(server.system, { name: 'test', scopes: ['read'], expiresInDays: 1 })
  const enrolToken = { name: 'test', uses: 1, demo: false, expiresInHours: 1 }
  const unused = await createEnrolmentToken(server.system, enrolToken)
  const cookie = await server.signIn()
  // Old enough to be prolonged by the next request.
  await server.system.db.pool.query(`UPDATE session SET expires_at = now() + interval '1 hour'`)
  await setReadOnly('on')

  await expect
    .poll(async () => {
      const ready = await server.ask('/readyz')
      return `${ready.status} ${(await ready.json()).detail}`
    })
    .toContain('503 The database is read-only')
  const refused = await server.report(host.credential, buildReport(2))
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
    503,
    '5',
    expect.objectContaining({ detail: expect.stringContaining('The database is read-only') }),
  ])
  expect((await server.ask('/ingest/v1/enrol', enrolment(unused.token))).status).toBe(503)
  for (const [path, headers] of [
    ['/api/v1/vms', { authorization: `Bearer ${token}` }],
    ['/trpc/fleet.summary', { cookie }],
    ['/vms', { cookie }],
    ['/healthz', {}],
  ] as const) {
    expect([path, (await server.ask(path, { headers: { ...headers } })).status]).toEqual([path, 200])
  }

  await setReadOnly('off')
  await expect.poll(async () => (await server.ask('/readyz')).status).toBe(200)
  expect((await server.report(host.credential, buildReport(2))).status).toBe(200)
})

function enrolment(token: string): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ host: { id: 'host-0002', name: 'other' } }),
  }
}
