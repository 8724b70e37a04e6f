import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { problem } from '@slashzero/contract/report'
import { getHypervisor, listVmResources, revokeCredential } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCheck, buildReport, buildTap } from '@slashzero/contract/testing'
import { startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let host: Awaited<ReturnType<typeof server.enrol>>
beforeAll(async () => {
  server = await startTestServer()
  host = await server.enrol('host-0001')
})
afterAll(() => server.stop())

test('an enrolment token gives as many credentials as its uses, and no more', async () => {
  expect(host.status).toBe(201)
  expect(host.credential).toMatch(/^sz_host_/)
  const again = await server.ask('/ingest/v1/enrol', {
    method: 'POST',
    headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ host: { id: 'host-0002', name: 'other' } }),
  })
  expect(again.status).toBe(401)
})

test('a report is stored once, even if sent several times', async () => {
  const absent = buildCheck(1, { defaultRoute: 'absent', gateway: null, expiresInSeconds: null })
  const report = buildReport(1, { routeChecks: [absent] })
  const first = await server.report(host.credential, report)
  expect(first.status).toBe(200)
  expect(await first.json()).toMatchObject({ accepted: 1, duplicates: 0 })
  const replay = await server.report(host.credential, [report, buildReport(2)])
  expect(await replay.json()).toMatchObject({ accepted: 1, duplicates: 1 })
  const { vms } = await getHypervisor(server.system, { id: host.hypervisorId })
  expect(vms).toEqual({ total: 1, missing: 1, unknown: 0 })
})

const deep = gzipSync(`{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
const whole = gzipSync(JSON.stringify(buildReport(3)))

test.each([
  { name: 'a gzip bomb', body: gzipSync(Buffer.alloc(64 * 1024 * 1024)), status: 413 },
  { name: 'truncated gzip', body: whole.subarray(0, whole.length / 2), status: 400 },
  { name: 'truncated JSON', body: gzipSync(JSON.stringify(buildReport(3)).slice(0, 300)), status: 400 },
  { name: 'no UTF-8', body: gzipSync(Buffer.from('{"version":1,"name":"\xff\xfe"}', 'latin1')), status: 400 },
  { name: 'deep nesting', body: deep, status: 400 },
  { name: 'no gzip', body: Buffer.from('not gzip'), status: 400 },
  {
    name: 'a wrong type',
    body: gzipSync(JSON.stringify({ ...buildReport(3), runs: {} })),
    status: 422,
    pointer: '/runs',
  },
  {
    name: 'another host',
    body: gzipSync(JSON.stringify(buildReport(3, { host: { id: 'host-9999' } }))),
    status: 403,
    pointer: '/host/id',
  },
  {
    name: 'another host in a batch of one',
    body: gzipSync(JSON.stringify([buildReport(3, { host: { id: 'host-9999' } })])),
    status: 403,
    pointer: '/0/host/id',
  },
])('$name is refused with $status and leaves the stored state as it was', async ({ body, status, pointer }) => {
  const before = await getHypervisor(server.system, { id: host.hypervisorId })
  const response = await server.report(host.credential, body)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(problem.parse(await response.json()).errors?.[0]?.pointer).toBe(pointer)
  const after = await getHypervisor(server.system, { id: host.hypervisorId })
  expect(after.lastSeenAt).toBe(before.lastSeenAt)
})

test('hostile names are shown as text, and numbers beyond 2^53 are refused by name', async () => {
  const name = 'vm "q"\n\u001b[31m<script>alert(1)</script>'
  const tap = buildTap(117, { name: '\\x01\\xffabcdefghijklm', vm: { name, uuid: null, pid: 7 } })
  const report = buildReport(4, { taps: [tap] })
  expect((await server.report(host.credential, report)).status).toBe(200)
  const { items } = await listVmResources(server.system, { hypervisor: host.hypervisorId, limit: 10 })
  expect(items.map((vm) => vm.name)).toContain('vm "q"␊␛[31m<script>alert(1)</script>')
  const large = JSON.stringify(buildReport(5)).replace('"routerSolicitsIn":1', '"routerSolicitsIn":9007199254740993')
  const refused = await server.report(host.credential, gzipSync(large))
  expect(await refused.json()).toMatchObject({
    status: 422,
    errors: [{ pointer: '/namespaces/0/taps/0/routerSolicitsIn' }],
  })
})

test('reports from the past and the future are accepted, and the clock is measured', async () => {
  for (const [sequence, year] of [
    [10, 1971],
    [11, 2099],
  ] as const) {
    const at = `${year}-01-01T00:00:00.000Z`
    expect((await server.report(host.credential, buildReport(sequence, { observedAt: at }))).status).toBe(200)
  }
  const { clockSkewMilliseconds } = await getHypervisor(server.system, { id: host.hypervisorId })
  expect(clockSkewMilliseconds).toBeGreaterThan(1e12)
  expect((await server.report(host.credential, buildReport(12))).status).toBe(200)
})

test('a body beyond the limit is answered before its end', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${host.credential}`, 'content-type': 'application/json' }
    const request = httpRequest(`${server.url}/ingest/v1/reports`, { method: 'POST', headers }, (response) => {
      clearInterval(timer)
      resolve(response.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    const timer = setInterval(() => request.write(Buffer.alloc(256 * 1024, 0x20)), 1)
  })
  expect(status).toBe(413)
})

test.each([
  { name: 'no token', authorization: '' },
  { name: 'a wrong token', authorization: 'Bearer sz_host_wrong' },
])('$name is refused before the body is looked at', async ({ authorization }) => {
  const response = await server.report('', Buffer.from('not gzip'), { authorization })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer')
})

test('a revoked credential is refused at once', async () => {
  const other = await server.enrol('host-0003')
  expect((await server.report(other.credential, buildReport(1, { host: { id: 'host-0003' } }))).status).toBe(200)
  await revokeCredential(server.system, { hypervisorId: other.hypervisorId })
  expect((await server.report(other.credential, buildReport(2, { host: { id: 'host-0003' } }))).status).toBe(401)
})

test('the log holds no token', () => {
  expect(server.logged.join('')).not.toContain(host.credential)
  expect(server.logged.length).toBeGreaterThan(10)
})
