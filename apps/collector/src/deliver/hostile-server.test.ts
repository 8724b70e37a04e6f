import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { goldenReport } from '@slashzero/contract/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createDelivery } from './create-delivery.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'

const golden = goldenReport()

let certificates: string
let stateDir: string
let lines: { level: string; fields: object; message: string }[]
let servers: Server[]
let sockets: Set<Socket>
let deliveries: Delivery[]

beforeAll(() => {
  certificates = mkdtempSync(join(tmpdir(), 'slashzero-tls-'))
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', ...options, ...names, '-keyout', 'key.pem', '-out', 'cert.pem'], {
    cwd: certificates,
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(certificates, { recursive: true }))

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'slashzero-hostile-'))
  writeFileSync(join(stateDir, 'credential'), 'sz_host_kept')
  lines = []
  servers = []
  sockets = new Set()
  deliveries = []
})
afterEach(async () => {
  await Promise.all(deliveries.map((delivery) => delivery.stop()))
  for (const socket of sockets) socket.destroy()
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  rmSync(stateDir, { recursive: true, force: true })
})

type Misbehaviour = {
  name: string
  http?: (response: ServerResponse, request: IncomingMessage) => void
  tcp?: (socket: Socket) => void
  said: RegExp
}

test.each<Misbehaviour>([
  { name: 'never answers', tcp: () => undefined, said: /no whole answer within 0\.2 s/ },
  {
    name: 'stalls in the middle of its headers',
    tcp: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-'),
    said: /no whole answer within/,
  },
  {
    name: 'stalls in the middle of its body',
    http: (response) => response.writeHead(200).write('{"accepted":'),
    said: /no whole answer within/,
  },
  { name: 'sends its answer byte by byte for ever', tcp: (socket) => trickle(socket), said: /no whole answer within/ },
  { name: 'resets the connection', tcp: (socket) => socket.resetAndDestroy(), said: /ECONNRESET|socket hang up|EPIPE/ },
  { name: 'closes it without a word', tcp: (socket) => socket.end(), said: /socket hang up|ECONNRESET|EPIPE/ },
  {
    name: 'breaks off in its body',
    tcp: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"acc'),
    said: /aborted|hang up|ECONNRESET/,
  },
  { name: 'is no HTTP server', tcp: (socket) => socket.end('220 mail.example ESMTP\r\n'), said: /Parse Error/ },
  {
    name: 'sends headers without end',
    tcp: (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`),
    said: /Header|overflow/i,
  },
  {
    name: 'sends a body without end',
    http: (response) => response.writeHead(200).write('x'.repeat(1_000_000)),
    said: /longer than 65536 bytes/,
  },
  { name: 'fails', http: (response) => answer(response, 500, 'oops'), said: /HTTP status 500/ },
  {
    name: 'is a proxy that fails in HTML',
    http: (response) => answer(response, 502, '<html>'),
    said: /HTTP status 502/,
  },
  {
    name: 'is a login page',
    http: (response) => answer(response, 200, '<html>Sign in'),
    said: /from a Slashzero server/,
  },
  {
    name: 'says yes to something else',
    http: (response) => answer(response, 200, '{"ok":true}'),
    said: /from a Slashzero server/,
  },
  {
    name: 'is another program',
    http: (response) => answer(response, 404, 'not found'),
    said: /404: no Slashzero server.*check the server's address, or upgrade/,
  },
  {
    name: 'speaks with control characters and at length',
    http: (response) => refuse(response, 503, `\u001b[31m${'a'.repeat(9000)}`),
    said: /503: .{1,600}$/s,
  },
])(
  'a server that $name costs nothing: one line, the report kept, no descriptor left, and delivered when it is well again',
  async ({ http, tcp, said }) => {
    let well = false
    const server =
      tcp === undefined
        ? await listen((request, response) =>
            well ? take(request, response) : drain(request, () => http?.(response, request)),
          )
        : await listenTcp(tcp)
    const delivery = start(`http://127.0.0.1:${server.port}`)
    await vi.waitFor(() => expect(delivery.status().lastError).toMatch(said))
    const before = descriptors()
    await vi.waitFor(() => expect(server.requests()).toBeGreaterThan(6), { timeout: 10_000 })
    expect(descriptors() - before).toBeLessThan(4)
    expect(delivery.status()).toMatchObject({ spooledReports: 1, droppedReports: 0 })
    expect(lines.map(({ level }) => level)).toEqual(['warn'])
    expect(JSON.stringify(lines).length).toBeLessThan(1200)
    if (tcp !== undefined) return
    well = true
    await vi.waitFor(() => expect(delivery.status()).toMatchObject({ acknowledgedReports: 1, spooledReports: 0 }), {
      timeout: 5000,
    })
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info'])
  },
)

test.each<{ name: string; pointer: string; status: number; said: string }>([
  {
    name: 'asks for version 2',
    pointer: '/version',
    status: 422,
    said: '422: The report does not fit version 2.; /version: expected 2',
  },
  { name: 'asks for version 2 of a batch', pointer: '/0/version', status: 422, said: '/0/version: expected 2' },
  { name: 'has this version no more', pointer: '', status: 410, said: '410: ' },
])(
  'a server that $name keeps every report, and is said to be of another version',
  async ({ pointer, status, said }) => {
    const errors = [
      { pointer: '/0/host/kind', detail: 'missing' },
      { pointer, detail: 'expected 2' },
    ].slice(pointer === '' ? 2 : 0)
    const server = await listen((request, response) =>
      drain(request, () => refuse(response, status, 'The report does not fit version 2.', errors.toReversed())),
    )
    const delivery = start(`http://127.0.0.1:${server.port}`)
    await vi.waitFor(() => expect(delivery.status().lastError).toContain(said))
    expect(delivery.status()).toMatchObject({ spooledReports: 1, droppedReports: 0 })
    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: expect.stringMatching(/does not take reports of version 1; they are kept. Upgrade the older/),
      },
    ])
  },
)

test('a redirect is not followed, and its place never sees the credential', async () => {
  const elsewhere = await listen(take)
  const server = await listen((request, response) =>
    drain(request, () => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/ingest/v1/reports` }).end()
    }),
  )
  const delivery = start(`http://127.0.0.1:${server.port}`)
  await vi.waitFor(() => expect(server.requests()).toBeGreaterThan(2))
  expect(elsewhere.requests()).toBe(0)
  expect(delivery.status().lastError).toContain('which is not followed; configure that address if it is the server')
})

test('where the way is too slow for what waits, it is sent in smaller parts', async () => {
  const sizes: number[] = []
  const server = await listen((request, response) => {
    const size = Number(request.headers['content-length'])
    sizes.push(size)
    if (size < 6000) take(request, response)
  })
  const delivery = start('http://slashzero.invalid')
  for (let sequence = 2; sequence <= 40; sequence += 1) delivery.enqueue(makeReport(sequence))
  await delivery.stop()
  const again = start(`http://127.0.0.1:${server.port}`)
  await vi.waitFor(() => expect(again.status()).toMatchObject({ acknowledgedReports: 41, droppedReports: 0 }), {
    timeout: 4500,
  })
  expect(Math.max(...sizes)).toBeGreaterThan(6000)
})

test('Retry-After: 0 is no invitation to hammer, and a minute becomes a minute and something', async () => {
  const waits: number[] = []
  let at = 0
  const server = await listen((request, response) =>
    drain(request, () => {
      if (at > 0) waits.push(performance.now() - at)
      at = performance.now()
      response.writeHead(429, { 'retry-after': '0' }).end()
    }),
  )
  start(`http://127.0.0.1:${server.port}`, { random: () => 0.1 })
  await vi.waitFor(() => expect(waits.length).toBeGreaterThan(2), { timeout: 5000 })
  expect(waits.every((wait) => wait >= 98)).toBe(true)
})

test('a server that alternates between two failures is one line a minute', async () => {
  let turn = 0
  let clock = 0
  const server = await listen((request, response) =>
    drain(request, () => answer(response, (turn += 1) % 2 === 0 ? 500 : 502, '')),
  )
  start(`http://127.0.0.1:${server.port}`, { clock: () => clock })
  await vi.waitFor(() => expect(turn).toBeGreaterThan(6), { timeout: 5000 })
  expect(lines).toHaveLength(1)
  clock += 61_000
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 5000 })
})

test('a server of a later version may say more than this one knows', async () => {
  const server = await listen((request, response) =>
    drain(request, () => answer(response, 202, '{"accepted":1,"duplicates":0,"advice":{"interval":30}}')),
  )
  const delivery = start(`http://127.0.0.1:${server.port}`)
  await vi.waitFor(() => expect(delivery.status()).toMatchObject({ acknowledgedReports: 1, spooledReports: 0 }))
})

test('a certificate of nobody known is refused before the credential is sent, and server-ca makes it known', async () => {
  const server = await listenTls(take)
  const refused = start(`https://localhost:${server.port}`)
  await vi.waitFor(() =>
    expect(refused.status().lastError).toMatch(/self-signed certificate; name a file .* as server-ca/),
  )
  expect(server.requests()).toBe(0)
  await refused.stop()
  const trusting = start(`https://localhost:${server.port}`, {
    serverCa: readFileSync(join(certificates, 'cert.pem'), 'utf8'),
  })
  await vi.waitFor(() => expect(trusting.status().acknowledgedReports).toBe(2))
  await trusting.stop()
  const elsewhere = start(`https://127.0.0.1:${server.port}`, {
    serverCa: readFileSync(join(certificates, 'cert.pem'), 'utf8'),
  })
  await vi.waitFor(() => expect(elsewhere.status().lastError).toMatch(/use the name in the server's certificate/))
})

test('an authority that this system trusts needs no server-ca', async () => {
  const server = await listenTls((_, response) => response.end('{}'))
  const script = `
    const { postRequest } = await import(${JSON.stringify(new URL('post-request.ts', import.meta.url).href)})
    const context = { now: Date.now, serverCa: null, signal: new AbortController().signal }
    const ask = () => postRequest({ url: new URL('https://localhost:${server.port}'), bearer: 'x', text: '{}' }, context)
    for (const { kind, detail } of [await ask(), await ask()]) console.log(kind, detail ?? '')`
  const ask = (variables: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...variables },
    })
  expect((await ask({ SSL_CERT_FILE: join(certificates, 'cert.pem') })).stdout).toBe('taken \ntaken \n')
  expect((await ask({})).stdout).toMatch(
    /^failed self-signed certificate; name a file .* as server-ca, or let this system trust it/,
  )
})

test('https where http is spoken and a name that is none are said in words', async () => {
  const server = await listen(take)
  const plain = start(`https://127.0.0.1:${server.port}`)
  await vi.waitFor(() =>
    expect(plain.status().lastError).toMatch(/does not speak TLS.*whether it begins with https or http$/),
  )
  await plain.stop()
  const nowhere = start('http://slashzero.invalid')
  await vi.waitFor(() =>
    expect(nowhere.status().lastError).toMatch(/(ENOTFOUND|EAI_AGAIN) slashzero\.invalid|no whole answer/),
  )
})

test.each([
  {
    name: 'with bytes that no header takes',
    text: 'sz_host_\u0000\r\nX: y',
    said: /credential is damaged; remove it and configure an enrolment token/,
  },
  { name: 'that is another folder', text: null, said: /cannot read .*credential: EISDIR/ },
])('a credential file $name is named, and no second enrolment is tried', async ({ text, said }) => {
  const server = await listen(take)
  const file = join(stateDir, 'credential')
  if (text === null) {
    rmSync(file)
    execFileSync('mkdir', [file])
  } else writeFileSync(file, text)
  const delivery = start(`http://127.0.0.1:${server.port}`, { enrolmentToken: 'sz_enrol_unused' })
  await vi.waitFor(() => expect(delivery.status().lastError).toMatch(said))
  expect(server.requests()).toBe(0)
})

test('a state directory taken away while it runs costs what lay there, and neither the credential nor the next report', async () => {
  const server = await listen(take)
  const delivery = start(`http://127.0.0.1:${server.port}`)
  await vi.waitFor(() => expect(delivery.status().acknowledgedReports).toBe(1))
  rmSync(stateDir, { recursive: true })
  delivery.enqueue(makeReport(2))
  await vi.waitFor(() => expect(delivery.status()).toMatchObject({ acknowledgedReports: 2, onDisk: true }))
  expect(readFileSync(join(stateDir, 'credential'), 'utf8').trim()).toBe('sz_host_kept')
  expect(lines).toEqual([])
})

function start(server: string, options: Partial<DeliveryOptions> = {}): Delivery {
  const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
  const delivery = createDelivery({
    server,
    enrolmentToken: null,
    stateDir,
    host: golden.host,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    random: () => 0.001,
    timeoutMilliseconds: 200,
    ...options,
  })
  deliveries.push(delivery)
  delivery.enqueue(makeReport(1))
  return delivery
}

/** One that does not compress well. */
function makeReport(sequence: number) {
  const now = new Date().toISOString()
  const labels = { noise: randomBytes(100).toString('hex') }
  return { ...golden, sequence, observedAt: now, sentAt: now, host: { ...golden.host, labels } }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function listen(handle: Handler) {
  return follow(createServer(handle), 'request')
}

async function listenTls(handle: Handler) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(certificates, name)))
  return follow(createTlsServer({ key, cert }, handle), 'request')
}

async function listenTcp(handle: (socket: Socket) => void) {
  return follow(
    createTcpServer((socket) => void socket.once('data', () => handle(socket))),
    'connection',
  )
}

async function follow(server: Server, event: string) {
  let requests = 0
  server.on(event, () => void (requests += 1))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, resolve)
  })
  servers.push(server)
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return { port: address.port, requests: () => requests }
}

function drain(request: IncomingMessage, then: () => void): void {
  request.resume().on('end', then)
}

function take(request: IncomingMessage, response: ServerResponse): void {
  drain(request, () => answer(response, 200, '{"accepted":1,"duplicates":0}'))
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status).end(body)
}

function refuse(response: ServerResponse, status: number, detail: string, errors: object[] = []): void {
  answer(response, status, JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail, errors }))
}

function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n')
  const timer = setInterval(() => socket.write(' '), 20)
  socket.on('close', () => clearInterval(timer))
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length - sockets.size
}
