import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildReport, buildTap } from '@slashzero/contract/testing'
import { createVmToken, listVmResources } from '@slashzero/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

const execute = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('../../collector/guest/slashzero-push.sh', import.meta.url))
const absent = '#rule\n#route\n#exit 0\n#end\n'

let server: Awaited<ReturnType<typeof startTestServer>>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slashzero-push-'))
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

/** A VM on its own hypervisor, and a token of the VM. */
async function vmWithToken(uuid: string) {
  const hostId = `host-${uuid.slice(-4)}`
  const { credential, hypervisorId } = await server.enrol(hostId)
  const vm = { name: `vm-${uuid.slice(-4)}`, uuid }
  const report = buildReport(1, { host: { id: hostId }, taps: [buildTap(7, { vm: { ...vm, pid: 1 } })] })
  expect((await server.report(credential, report)).status).toBe(200)
  const read = async () => {
    const { items } = await listVmResources(server.system, { hypervisor: hypervisorId, limit: 10 })
    return items[0]
  }
  const vmId = (await read())?.id ?? ''
  const { token } = await createVmToken(server.system, { vmId })
  return { vmId, token, read }
}

function push(token: string, body: string | Uint8Array, format = 'linux') {
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  }
  return server.ask(`/ingest/v1/routes?format=${format}`, init)
}

test('the script of a guest reports to the server', async () => {
  const { token, read } = await vmWithToken('00000000-0000-4000-8000-00000000c001')
  await writeFile(join(folder, 'ip'), '#!/bin/sh\n[ "$2" = rule ] && echo "32766:\tfrom all lookup main"\nexit 0\n', {
    mode: 0o755,
  })
  const file = join(folder, 'file')
  await writeFile(file, `${server.url}\n${token}\n`, { mode: 0o600 })
  const { stdout, stderr } = await execute('sh', [SCRIPT, file], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  })
  expect([stdout, stderr]).toEqual(['Taken: there is no default route.\n', ''])
  expect((await read())?.route).toMatchObject({ status: 'missing', method: 'pushed' })
})

test('a VM token works only for its VM, and only for pushes', async () => {
  const one = await vmWithToken('00000000-0000-4000-8000-00000000c003')
  const other = await vmWithToken('00000000-0000-4000-8000-00000000c004')
  expect((await push(one.token, absent)).status).toBe(200)
  expect((await one.read())?.route.method).toBe('pushed')
  expect((await other.read())?.route.method).toBe(null)
  expect((await server.report(one.token, buildReport(2, { host: { id: 'host-c004' } }))).status).toBe(401)
  expect((await server.ask('/api/v1/vms', { headers: { authorization: `Bearer ${one.token}` } })).status).toBe(401)
})

test('garbage is unknown, a large body is refused, and the log holds no token', async () => {
  const { token, read } = await vmWithToken('00000000-0000-4000-8000-00000000c005')
  const answer = await push(token, new Uint8Array([0, 255, 27, 91, 50, 74, 10]))
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(await answer.text()).toMatch(/^Taken, but it does not tell/)
  expect((await read())?.route).toMatchObject({ status: 'unknown', method: 'pushed' })
  const large = await vmWithToken('00000000-0000-4000-8000-00000000c006')
  expect((await push(large.token, 'x'.repeat(1_048_577))).status).toBe(413)
  expect(server.logged.join()).not.toContain(token)
})

test('guests that send slowly or flood delay no other guest', async () => {
  const { vmId, token } = await vmWithToken('00000000-0000-4000-8000-00000000c007')
  const { port, hostname } = new URL(server.url)
  const slow = await Promise.all(Array.from({ length: 100 }, () => createVmToken(server.system, { vmId })))
  const held = slow.map((one) => {
    const socket = connect(Number(port), hostname).on('error', () => undefined)
    socket.write(
      `POST /ingest/v1/routes?format=linux HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${one.token}\r\nContent-Length: 900\r\n\r\n#`,
    )
    return socket
  })
  const flood = await Promise.all(Array.from({ length: 200 }, () => push(token, absent)))
  expect(flood.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(flood.filter(({ status }) => status === 429)).toHaveLength(199)
  const well = await vmWithToken('00000000-0000-4000-8000-00000000c008')
  expect((await push(well.token, absent)).status).toBe(200)
  for (const socket of held) socket.destroy()
})
