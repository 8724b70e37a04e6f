import { hypervisorResource, page, vmResource } from '@slashzero/contract/rest'
import { buildCheck, buildReport, buildSender, buildSocket, buildTap } from '@slashzero/contract/testing'
import { createApiToken, revokeApiToken } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

const vm = { name: 'vm-1', uuid: '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01' }
const socket = buildSocket({ optmemBytes: 1008, receiveDrops: 4, joinedInterfaces: 16, staleInterfaceIndexes: [9, 15] })
/** One radvd, one tap and one VM without ::/0. */
const shown = {
  senders: [buildSender({ sockets: [socket] })],
  taps: [buildTap(117, { name: 'tap1', ipv6Disabled: true, vm: { ...vm, pid: 2323 } })],
  routeChecks: [buildCheck(0, { vm, defaultRoute: 'absent', gateway: null, expiresInSeconds: null })],
}

let server: Awaited<ReturnType<typeof startTestServer>>
let hypervisorId: string
let token: { id: string; token: string }
beforeAll(async () => {
  server = await startTestServer()
  for (const hostId of ['host-0001', 'host-0002', 'host-0003']) {
    const host = await server.enrol(hostId)
    hypervisorId ??= host.hypervisorId
    await server.report(host.credential, buildReport(1, { host: { id: hostId }, ...shown }))
  }
  token = await createApiToken(server.system, { name: 'test', scopes: ['read'], expiresInDays: 1 })
})
afterAll(() => server.stop())

const get = (path: string, method = 'GET') =>
  server.ask(path, { method, headers: { authorization: `Bearer ${token.token}` } })

test('hypervisors are listed page by page and read one by one', async () => {
  const read = async (path: string) => page(hypervisorResource).parse(await (await get(path)).json())
  const first = await read('/api/v1/hypervisors?limit=2')
  const second = await read(`/api/v1/hypervisors?limit=2&cursor=${first.nextCursor}`)
  expect(second.nextCursor).toBeNull()
  const ids = [...first.items, ...second.items].map(({ id }) => id)
  expect(ids).toHaveLength(3)
  expect(new Set(ids)).toContain(hypervisorId)
  const one = await get(`/api/v1/hypervisors/${hypervisorId}`)
  expect(await one.json()).toMatchObject({
    id: hypervisorId,
    senders: [
      {
        daemon: 'radvd',
        optmemBytes: 1008,
        optmemMaxBytes: 20_480,
        memberships: 18,
        staleMemberships: 2,
        sendsBlocked: false,
        receiveDrops: 4,
      },
    ],
    taps: [{ name: 'tap1', ifindex: 117, ipv6Disabled: true, vm: { name: 'vm-1' } }],
    vms: { total: 1, missing: 1, unknown: 0 },
  })
})

test('VMs are filtered by their route and read one by one', async () => {
  const missing = page(vmResource).parse(await (await get('/api/v1/vms?route=missing')).json())
  expect(missing.items).toHaveLength(3)
  expect(missing.items[0]).toMatchObject({
    name: 'vm-1',
    tap: { name: 'tap1', ifindex: 117 },
    route: { status: 'missing', method: 'guest-agent' },
    cause: expect.any(String),
    countdown: null,
  })
  expect(await (await get('/api/v1/vms?route=ok')).json()).toEqual({ items: [], nextCursor: null })
  const one = await (await get(`/api/v1/vms/${missing.items[0]?.id}`)).json()
  expect(one).toEqual({
    ...missing.items[0],
    taps: [expect.objectContaining({ name: 'tap1', status: expect.any(String) })],
  })
})

test.each([
  { path: '/api/v1/hypervisors?limit=0', pointer: '/limit' },
  { path: '/api/v1/hypervisors?limit=many', pointer: '/limit' },
  { path: '/api/v1/vms?route=lost', pointer: '/route' },
  { path: '/api/v1/vms?route=ok&route=missing', pointer: '/route' },
  { path: '/api/v1/vms?rout=missing', pointer: '/rout' },
])('$path is refused with the name of the field', async ({ path, pointer }) => {
  const response = await get(path)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ status: 422, errors: [{ pointer }] })
})

test('an unknown path is 404, a method that is not allowed is 405', async () => {
  expect((await get('/api/v1/nothing')).status).toBe(404)
  expect((await get('/api/v1/vms/vm_none')).status).toBe(404)
  expect((await get('/api/v1/hypervisors/%00')).status).toBe(400)
  const deletion = await get('/api/v1/vms', 'DELETE')
  expect([deletion.status, deletion.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('HEAD is GET without a body', async () => {
  const head = await get('/api/v1/vms', 'HEAD')
  const whole = await get('/api/v1/vms')
  expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([
    200,
    '',
    whole.headers.get('content-length'),
  ])
})

test('the API describes itself', async () => {
  const get200 = { get: { responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } } } }
  expect(await (await get('/api/v1/openapi.json')).json()).toMatchObject({
    openapi: '3.1.0',
    paths: { '/hypervisors': get200, '/hypervisors/{id}': get200, '/vms': get200, '/vms/{id}': get200 },
  })
})

test('an API token can also read the CSV', async () => {
  const response = await get('/api/export/vms.csv?route=missing&descending=true')
  expect(response.headers.get('content-type')).toContain('text/csv')
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[1]).toMatch(/^vm_.+,vm-1,0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01,hv_/)
  expect((await get('/api/export/vms.csv?route=lost')).status).toBe(422)
})

test.each(['/api/v1/hypervisors', '/api/v1/vms', '/api/v1/nothing', '/api/v1/openapi.json', '/api/export/vms.csv'])(
  '%s answers nobody without a valid token',
  async (path) => {
    const host = await server.enrol(`host-${Math.random()}`)
    for (const authorization of [
      undefined,
      'Bearer sz_read_wrong',
      `Bearer ${host.credential}`,
      `Basic ${token.token}`,
    ]) {
      const response = await server.ask(path, { headers: authorization ? { authorization } : {} })
      expect([authorization, response.status]).toEqual([authorization, 401])
      expect(await response.text()).not.toContain('hv_')
    }
  },
)

test('a revoked token is refused at once', async () => {
  const other = await createApiToken(server.system, { name: 'other', scopes: ['read'], expiresInDays: 1 })
  const headers = { authorization: `Bearer ${other.token}` }
  expect((await server.ask('/api/v1/vms', { headers })).status).toBe(200)
  await revokeApiToken(server.system, { id: other.id })
  expect((await server.ask('/api/v1/vms', { headers })).status).toBe(401)
})

test('answers are compressed if the client accepts that, and known ones are not sent again', async () => {
  const ask = (path: string, headers: Record<string, string>) =>
    server.ask(path, { headers: { authorization: `Bearer ${token.token}`, ...headers } })
  const plain = await ask('/api/v1/hypervisors', { 'accept-encoding': 'identity' })
  expect(plain.headers.get('content-encoding')).toBeNull()
  const body = await plain.text()
  for (const encoding of ['gzip', 'br']) {
    const packed = await ask('/api/v1/hypervisors', { 'accept-encoding': encoding })
    expect(packed.headers.get('content-encoding')).toBe(encoding)
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(body.length / 2)
    expect(await packed.text()).toBe(body)
  }
  const etag = plain.headers.get('etag') ?? ''
  const again = await ask('/api/v1/hypervisors', { 'if-none-match': `"other", ${etag}` })
  expect([again.status, await again.text()]).toEqual([304, ''])
  const csv = await ask('/api/export/vms.csv', { 'accept-encoding': 'gzip' })
  expect(csv.headers.get('content-encoding')).toBe('gzip')
  expect((await csv.text()).split('\r\n')).toHaveLength(5)
})

test('an export of another page’s sort has the same VMs, and an unknown parameter is refused', async () => {
  const read = async (query: string) => {
    const answer = await get(`/api/export/vms.csv?${query}`)
    return [answer.status, (await answer.text()).split('\r\n').length]
  }
  expect(await read('sort=since&descending=true&limit=1&cursor=x')).toEqual([200, 5])
  expect(await read('route=ok')).toEqual([200, 2])
  expect((await get('/api/export/vms.csv?colour=red')).status).toBe(422)
  expect((await get(`/api/export/vms.csv?search=${'a'.repeat(10_000)}`)).status).toBe(422)
})
