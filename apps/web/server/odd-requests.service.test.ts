import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createApiToken } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sameOrigin, startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let cookie: string
let authorization: string
beforeAll(async () => {
  server = await startTestServer()
  cookie = await server.signIn()
  const { token } = await createApiToken(server.system, { name: 'test', scopes: ['read'], expiresInDays: 1 })
  authorization = `Bearer ${token}`
})
afterAll(() => server.stop())

/** Sends the request line as it stands, which `fetch` would correct. */
async function statusOf(method: string, path: string): Promise<number> {
  const { port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\nAuthorization: ${authorization}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1])
}

const input = (value: unknown) => encodeURIComponent(JSON.stringify(value))

test.each([
  { method: 'GET', path: '/vms/%00', status: 400 },
  { method: 'GET', path: '/vms/%', status: 400 },
  { method: 'GET', path: '/vms/%E0%A4%A', status: 400 },
  { method: 'GET', path: '/trpc/%E0%A4%A', status: 400 },
  { method: 'GET', path: '/api/v1/vms/%00', status: 400 },
  { method: 'GET', path: '/api/v1/vms/%zz', status: 400 },
  { method: 'GET', path: '/api/v1/vms?search=%00', status: 400 },
  { method: 'GET', path: '/api/export/vms.csv?search=%00', status: 400 },
  { method: 'GET', path: `/trpc/vm.read?input=${input({ id: 'a\0b' })}`, status: 422 },
  { method: 'GET', path: `/trpc/hypervisor.head?input=${input({ id: 'a\0b' })}`, status: 422 },
  { method: 'TRACE', path: '/', status: 405 },
  { method: 'TRACE', path: '/api/auth/get-session', status: 405 },
  { method: 'TRACE', path: '/trpc/fleet.summary', status: 405 },
  { method: 'TRACE', path: '/ingest/v1/reports', status: 405 },
  { method: 'PROPFIND', path: '/vms', status: 405 },
  { method: 'PUT', path: '/api/auth/get-session', status: 405 },
])('$method $path is answered with $status', async ({ method, path, status }) => {
  expect(await statusOf(method, path)).toBe(status)
})

test('a session cookie with a broken escape is no session, and no failure', async () => {
  for (const value of ['%E0%A4%A', '%', '%00']) {
    const response = await server.ask('/vms', { headers: { cookie: `slashzero.session_token=${value}` } })
    expect([value, response.status]).toEqual([value, 303])
  }
})

test('a batch has at most 20 procedures', async () => {
  const batch = (count: number) => server.ask(`/trpc/${Array(count).fill('setup.state').join(',')}?batch=1`)
  expect((await batch(20)).status).toBe(200)
  const refused = await batch(1000)
  expect([refused.status, (await refused.text()).length < 2000]).toEqual([400, true])
})

test.each(['short', 'x'.repeat(129), 'host 0001', 'host-\u0000001', 'host-\u001b[31m', '../../../etc', 'hôte-0001'])(
  'a host cannot enrol with the id %j',
  async (id) => {
    const init = sameOrigin(server.url, { host: { id, name: 'name' } }, { authorization: 'Bearer sz_enrol_any' })
    const { status } = await server.ask('/ingest/v1/enrol', init)
    expect([401, 422]).toContain(status)
  },
)
