import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report as reportSchema } from '@slashzero/contract/report'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import type { RouteChecker } from '../route-checker.ts'
import { keepKey } from './keep-key.ts'
import { makeToken, toIdentity } from './token.ts'
import { startGuestPush } from './start-guest-push.ts'
import { readToken } from './token.ts'

const first = { name: 'vm-1', uuid: '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01' }
const second = { name: 'vm-2', uuid: '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a02' }
const nameless = { name: 'vm-3', uuid: null }
const present =
  '#rule\n#route\ndefault via fe80::1 dev eth0 proto ra metric 1024 expires 1790sec pref medium\n#exit 0\n#end\n'
const absent = '#rule\n#route\n#exit 0\n#end\n'
const NOW = Date.UTC(2026, 0, 1)

let folder: string
let push: RouteChecker
let url: string
let monotonic: number
const logged: string[] = []
const log = { info: keepUrl, warn: keepLine, error: keepLine }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-guest-push-'))
  monotonic = 100_000
  logged.length = 0
  await start()
  await take([first, second, nameless])
})
afterEach(() => {
  push.close()
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true })
})

test('a push is in the next report, once, with its time of arrival', async () => {
  expect(await send(first.uuid, present)).toEqual({
    status: 200,
    text: 'Taken: there is a default route by fe80::1, for 1790 s more.\n',
  })
  const { routeChecks, run } = await take([first, second])
  expect(routeChecks).toEqual([
    {
      vm: first,
      method: 'pushed',
      checkedAt: new Date(NOW).toISOString(),
      defaultRoute: 'present',
      reason: null,
      gateway: 'fe80::1',
      expiresInSeconds: 1790,
    },
  ])
  expect(reportSchema.shape.routeChecks.parse(routeChecks)).toEqual(routeChecks)
  expect(run).toEqual({ probe: 'guest-push', outcome: 'ok', milliseconds: 0, error: null })
  expect((await take([first, second])).routeChecks).toEqual([])
})

test.each([
  { what: 'no route', table: absent, state: 'absent', text: /^Taken: there is no default route\.\n$/ },
  {
    what: 'a route that ended',
    table: present.replace('1790', '-5'),
    state: 'expired',
    text: /no default route in use: .* lifetime has ended/,
  },
  {
    what: 'garbage',
    table: Buffer.from([0, 255, 254, 10, 0, 27, 91, 51]),
    state: 'unknown',
    text: /^Taken, but it does not tell/,
  },
  { what: 'a table cut off', table: absent.slice(0, -3), state: 'unknown', text: /cut off/ },
])('$what is reported as $state', async ({ table, state, text }) => {
  const answer = await send(first.uuid, table)
  expect(answer.status).toBe(200)
  expect(answer.text).toMatch(text)
  const [check] = (await take([first])).routeChecks
  expect(check?.defaultRoute).toBe(state)
  expect(check?.reason ?? '').not.toMatch(/[^\P{Cc}]/u)
})

test('the last push counts; a token by name means the VM of that name without uuid', async () => {
  await send(nameless.name, absent)
  monotonic += 10_000
  await send(nameless.name, present)
  expect((await take([nameless])).routeChecks).toMatchObject([{ vm: nameless, defaultRoute: 'present' }])
})

test('a token speaks only for its own VM', async () => {
  const own = makeToken(keepKey(folder), toIdentity(first.uuid))
  const said = Buffer.from(`uuid:${second.uuid}`).toString('base64url')
  const forged = own.slice(0, 'sz_guest_'.length + 43) + said
  expect((await request({ token: forged })).status).toBe(401)
  expect((await request({ token: makeToken(Buffer.alloc(32), toIdentity(second.uuid)) })).status).toBe(401)
  expect(readToken(keepKey(folder), own)).toEqual({ uuid: first.uuid })
  expect(readToken(keepKey(folder), makeToken(keepKey(folder), { name: `uuid:${second.uuid}` }))).toEqual({
    name: `uuid:${second.uuid}`,
  })
  expect((await take([first, second])).routeChecks).toEqual([])
})

test.each([
  { what: 'no token', options: { token: '' }, status: 401 },
  { what: 'half a token', options: { token: 'sz_guest_abc' }, status: 401 },
  { what: 'another path', options: { target: '/metrics' }, status: 404 },
  { what: 'another method', options: { method: 'PUT' }, status: 405 },
  { what: 'no format', options: { target: '/ingest/v1/routes' }, status: 400 },
  { what: 'an unknown format', options: { target: '/ingest/v1/routes?format=constructor' }, status: 400 },
  { what: 'a body over a mebibyte', options: { body: 'x'.repeat((1 << 20) + 1) }, status: 413 },
])('$what is refused in a line', async ({ options, status }) => {
  const answer = await request(options)
  expect(answer.status).toBe(status)
  expect(answer.text).toMatch(/^[^\n]{10,200}\n$/)
  expect((await take([first])).routeChecks).toEqual([])
})

test('a body over a mebibyte without a stated size is refused too', async () => {
  const chunk = `${(1 << 16).toString(16)}\r\n${'x'.repeat(1 << 16)}\r\n`
  const raw = open()
  raw.write(
    `POST /ingest/v1/routes?format=linux HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token()}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  for (let sent = 0; sent < 18; sent += 1) raw.write(chunk)
  expect(await readAll(raw)).toMatch(/^HTTP\/1.1 413/)
})

test('refuses the push of a VM that does not run here, or before the first pass', async () => {
  await take([second])
  expect(await send(first.uuid, present)).toMatchObject({
    status: 409,
    text: expect.stringContaining('does not see a running VM'),
  })
  await take([nameless, { ...nameless }])
  expect(await send(nameless.name, present)).toMatchObject({
    status: 409,
    text: expect.stringContaining('Several VMs here'),
  })
  push.close()
  await start()
  expect(await send(first.uuid, present)).toMatchObject({ status: 503 })
})

test('refuses a token by name for a VM with a uuid', async () => {
  await take([{ ...first, name: nameless.name }])
  expect(await send(nameless.name, absent)).toMatchObject({
    status: 409,
    text: expect.stringContaining(`push-token ${first.uuid}`),
  })
  await take([nameless])
  expect((await send(nameless.name, absent)).status).toBe(200)
  expect((await take([{ ...first, name: nameless.name }])).routeChecks).toEqual([])
})

test('a VM that left between push and report is not reported', async () => {
  expect((await send(first.uuid, present)).status).toBe(200)
  expect((await take([second])).routeChecks).toEqual([])
})

test('a flood of one VM is refused and does not block other VMs', async () => {
  const flood = await Promise.all(Array.from({ length: 40 }, () => send(first.uuid, absent)))
  expect(flood.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(flood.filter(({ status }) => status === 429)).toHaveLength(39)
  expect((await send(second.uuid, absent)).status).toBe(200)
  // The memory of a flood outlives the report.
  await take([first, second])
  expect((await send(first.uuid, absent)).status).toBe(429)
  monotonic += 10_000
  expect((await send(first.uuid, absent)).status).toBe(200)
})

test('too many silent connections keep nobody waiting', async () => {
  const held = Array.from({ length: 300 }, () => open())
  for (const socket of held) socket.write('POST /ingest/v1/routes?format=linux HTTP/1.1\r\nHost: a\r\n')
  await expect.poll(() => held.filter((socket) => socket.closed).length).toBeGreaterThanOrEqual(300 - 128)
  expect((await send(first.uuid, present)).status).toBe(200)
  for (const socket of held) socket.destroy()
  expect((await take([first])).routeChecks).toHaveLength(1)
})

test('an interrupted request does no harm', async () => {
  const raw = open()
  raw.write(
    `POST /ingest/v1/routes?format=linux HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token()}\r\nContent-Length: 500\r\n\r\n#rule`,
  )
  await once(raw, 'connect')
  raw.destroy()
  for (const garbage of ['\0\0\0\r\n\r\n', 'GET', `POST / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const socket = open()
    socket.end(garbage)
    await readAll(socket)
  }
  expect((await send(second.uuid, present)).status).toBe(200)
})

test('the key is made once, private, and a damaged key is an error', () => {
  const file = join(folder, 'guest-push-key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(keepKey(folder)).toEqual(keepKey(folder))
  expect(readFileSync(file, 'utf8')).toMatch(/^[\da-f]{64}\n$/)
  writeFileSync(file, 'something else\n')
  expect(() => keepKey(folder)).toThrow(/guest-push-key holds no key; remove the file/)
})

test('an address in use is reported and logged, and used once it is free', async () => {
  const { port } = new URL(url)
  const listen = { host: '127.0.0.1', port: Number(port) }
  const other = await startGuestPush({ ...settings(), listen })
  expect((await take([first], other)).run).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('EADDRINUSE'),
  })
  push.close()
  await expect.poll(async () => (await take([first], other)).run.outcome).toBe('ok')
  expect(logged.filter((line) => line.includes('cannot push'))).toHaveLength(1)
  other.close()
})

/** The report of a pass with these VMs. */
function take(vms: readonly { name: string; uuid: string | null }[], from = push) {
  const found = vms.map((vm) => ({ ...vm, pid: 1, namespace: 1, agentSocketPath: null, taps: [] }))
  return from.check({ vms: found, surveys: [], ownerOf: new Map() })
}

function settings() {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    stateDir: folder,
    clock: stoppedClock({ steady: () => NOW, monotonic: () => monotonic }),
    log,
  }
}

async function start(): Promise<void> {
  push = await startGuestPush(settings())
  expect(existsSync(join(folder, 'guest-push-key'))).toBe(true)
}

function keepUrl(fields: object, message: string): void {
  keepLine(fields, message)
  if ('url' in fields) url = String(fields.url)
}

function keepLine(_fields: object, message: string): void {
  logged.push(message)
}

function token(vm = first.uuid): string {
  return makeToken(keepKey(folder), toIdentity(vm))
}

function send(vm: string, table: string | Uint8Array) {
  return request({ token: token(vm), body: table })
}

type Options = { token?: string; target?: string; method?: string; body?: string | Uint8Array }

async function request({
  token: bearer = token(),
  target = '/ingest/v1/routes?format=linux',
  method = 'POST',
  body = present,
}: Options) {
  const headers = { authorization: `Bearer ${bearer}` }
  const response = await fetch(new URL(target, url), {
    method,
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  return { status: response.status, text: await response.text() }
}

function open(): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  if (!socket.closed) await once(socket, 'close')
  return text
}
