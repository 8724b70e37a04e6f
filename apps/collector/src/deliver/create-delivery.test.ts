import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { reportBatch } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeTime } from '../testing/fake-clock.ts'
import type { FakeTime } from '../testing/fake-clock.ts'
import { createDelivery } from './create-delivery.ts'
import type { Delivery, DeliveryOptions } from './delivery.ts'

type Reply = { status: number; headers?: Record<string, string>; body?: unknown; hang?: boolean }
type Received = { path: string; headers: IncomingHttpHeaders; sequences: number[]; sentAt: string[] }
type LogLine = { level: string; fields: object; message: string }

const host = {
  id: 'host-0001',
  bootId: '00000000-0000-4000-8000-000000000001',
  name: 'hv-1',
  kernel: '6.1',
  collectorVersion: '0.1.0',
  labels: {},
}
const credentialOnFile = 'sz_host_kept'

let stateDir: string
let server: Server
let received: Received[]
let reply: (request: Received) => Reply
let lines: LogLine[]
let deliveries: Delivery[]
let time: FakeTime

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'slashzero-push-'))
  received = []
  lines = []
  deliveries = []
  time = fakeTime()
  reply = take
  server = await listen(0)
  await writeFile(join(stateDir, 'credential'), credentialOnFile)
})

afterEach(async () => {
  await Promise.all(deliveries.map((delivery) => delivery.stop()))
  await close(server)
  await rm(stateDir, { recursive: true, force: true })
})

test('reports arrive in order, with the credential and the time of sending', async () => {
  const delivery = start()
  const reports = [1, 2, 3].map(report)
  for (const one of reports) delivery.enqueue(one)
  await delivered(delivery, 3)
  expect(received.flatMap((one) => one.sequences)).toEqual([1, 2, 3])
  expect(received[0]?.headers).toMatchObject({
    authorization: `Bearer ${credentialOnFile}`,
    'content-encoding': 'identity',
    'content-type': 'application/json',
  })
  // The injected clock stands still between observing and sending.
  expect(received.flatMap(({ sentAt }) => sentAt)).toEqual(reports.map(({ observedAt }) => observedAt))
  expect(delivery.status().lastAcknowledgedAt).toBe(time.clock.wall())
  expect(await spooled()).toEqual([])
})

test('sends waiting reports in order, in batches of at most 50, each only once', async () => {
  const port = await portOf(server)
  await close(server)
  const delivery = start({ port })
  for (let sequence = 1; sequence <= 120; sequence += 1) delivery.enqueue(report(sequence))
  await expect.poll(() => delivery.status().lastError).toContain('ECONNREFUSED')
  expect(await spooled()).toHaveLength(120)
  server = await listen(port)
  await delivered(delivery, 120)
  expect(received.map((one) => one.sequences.length)).toEqual([50, 50, 20])
  expect(received.map((one) => one.headers['content-encoding'])).toEqual(['gzip', 'gzip', 'gzip'])
  expect(received.flatMap((one) => one.sequences)).toEqual(range(1, 120))
  delivery.enqueue(report(121))
  await delivered(delivery, 121)
  expect(received.at(-1)?.sequences).toEqual([121])
})

test('a restart sends only the unacknowledged reports of the last run', async () => {
  // After the refusal no request is under way that would reach the server later.
  const first = start({
    sleep: async (milliseconds, signal) => (milliseconds === 0 ? undefined : time.sleepOn(milliseconds, signal)),
  })
  first.enqueue(report(1))
  await delivered(first, 1)
  reply = () => ({ status: 503 })
  first.enqueue(report(2))
  first.enqueue(report(3))
  await expect.poll(() => first.status().lastError).toContain('503')
  await first.stop()
  expect(await spooled()).toHaveLength(2)
  received = []
  reply = take
  const second = start()
  second.enqueue(report(4))
  await delivered(second, 3)
  expect(received.flatMap((one) => one.sequences)).toEqual([2, 3, 4])
})

test('after status 500 the delivery waits longer each time and logs once', async () => {
  let left = 4
  reply = (request) => (left-- > 0 ? { status: 500, body: '<html>' } : take(request))
  const delivery = start({ random: () => 0.02 })
  delivery.enqueue(report(1))
  await delivered(delivery, 1)
  expect(time.waits.slice(0, 4)).toEqual([20, 40, 80, 160])
  expect(lines.map((line) => line.level)).toEqual(['warn', 'info'])
})

test('Retry-After is obeyed', async () => {
  let refusals = 1
  reply = (request) => (refusals-- > 0 ? { status: 429, headers: { 'retry-after': '1' } } : take(request))
  const delivery = start({ random: () => 0 })
  delivery.enqueue(report(1))
  await delivered(delivery, 1)
  expect(time.waits[0]).toBe(1000)
})

test('422 for one of several reports drops only that report and logs the fields', async () => {
  reply = (request) =>
    request.sequences.includes(13)
      ? {
          status: 422,
          body: problem(422, 'The report is not valid', [{ pointer: '/12/host/bootId', detail: 'Invalid GUID' }]),
        }
      : take(request)
  await seed(range(1, 30))
  const delivery = start()
  delivery.enqueue(report(31))
  await delivered(delivery, 30)
  const stored = received.filter((one) => !one.sequences.includes(13)).flatMap((one) => one.sequences)
  expect(stored).toEqual(range(1, 31).filter((sequence) => sequence !== 13))
  expect(delivery.status().droppedReports).toBe(1)
  expect(JSON.stringify(lines.find((line) => line.level === 'error'))).toContain('/12/host/bootId: Invalid GUID')
})

test('413 for a batch shrinks it; 413 for a single report drops it', async () => {
  reply = (request) =>
    request.sequences.length > 4 || request.sequences.includes(3) ? { status: 413, body: 'too large' } : take(request)
  await seed(range(1, 20))
  const delivery = start()
  await delivered(delivery, 19)
  expect(
    received.flatMap((one) => (one.sequences.length > 4 || one.sequences.includes(3) ? [] : one.sequences)),
  ).toEqual(range(1, 20).filter((sequence) => sequence !== 3))
})

test.each([
  { name: '400 from a proxy', answer: { status: 400, body: '<html>Bad Request' } },
  { name: '200 with a login page', answer: { status: 200, body: '<html>Sign in' } },
  { name: 'a redirect to another host', answer: { status: 307, headers: { location: 'http://127.0.0.1:9/ingest' } } },
  { name: 'an endless answer', answer: { status: 200, body: 'x'.repeat(200_000) } },
])('$name loses nothing', async ({ answer }) => {
  reply = () => answer
  const delivery = start({ random: () => 0.01 })
  delivery.enqueue(report(1))
  await expect.poll(() => received.length).toBeGreaterThan(1)
  expect(delivery.status()).toMatchObject({ spooledReports: 1, droppedReports: 0 })
  reply = take
  await delivered(delivery, 1)
})

test.each([401, 403])('status %i keeps the spool, logs once what to do and retries slowly', async (status) => {
  reply = () => ({ status, body: problem(status, 'The credential was revoked') })
  const delivery = start({ enrolmentToken: 'sz_enrol_unused', sleep: time.sleepOn })
  delivery.enqueue(report(1))
  await expect.poll(() => delivery.status().lastError).toContain('revoked')
  for (const sequence of [2, 3, 4]) delivery.enqueue(report(sequence))
  await expect.poll(() => time.waits).toHaveLength(1)
  expect(time.waits[0]).toBeGreaterThanOrEqual(30_000)
  expect(received.map((one) => one.path)).toEqual(['/ingest/v1/reports'])
  expect(lines.map((line) => line.message)).toEqual([expect.stringContaining('configure an enrolment token')])
  expect(await spooled()).toHaveLength(4)
})

test('enrols once, keeps the credential private, and uses it after a restart', async () => {
  await rm(join(stateDir, 'credential'))
  const first = start({ enrolmentToken: 'sz_enrol_once' })
  first.enqueue(report(1))
  await delivered(first, 1)
  await first.stop()
  const second = start({ enrolmentToken: 'sz_enrol_once' })
  second.enqueue(report(2))
  await delivered(second, 1)
  expect(received.map((one) => [one.path, one.headers.authorization])).toEqual([
    ['/ingest/v1/enrol', 'Bearer sz_enrol_once'],
    ['/ingest/v1/reports', 'Bearer sz_host_new'],
    ['/ingest/v1/reports', 'Bearer sz_host_new'],
  ])
  expect((await stat(join(stateDir, 'credential'))).mode & 0o777).toBe(0o600)
  expect(JSON.stringify(lines)).not.toMatch(/sz_(host|enrol)/)
})

test('without credential and token nothing is sent and the log says what is missing', async () => {
  await rm(join(stateDir, 'credential'))
  const delivery = start({ sleep: time.sleepOn })
  delivery.enqueue(report(1))
  await expect.poll(() => JSON.stringify(lines)).toContain('no enrolment token')
  expect(received).toEqual([])
  expect(await spooled()).toHaveLength(1)
})

test('a used enrolment token is logged, and retries are slow', async () => {
  await rm(join(stateDir, 'credential'))
  reply = () => ({ status: 401, body: problem(401, 'The enrolment token has been used') })
  const delivery = start({ enrolmentToken: 'sz_enrol_spent', sleep: time.sleepOn })
  delivery.enqueue(report(1))
  await expect.poll(() => JSON.stringify(lines)).toContain('has been used')
  await expect.poll(() => time.waits).toHaveLength(1)
  expect(time.waits[0]).toBeGreaterThanOrEqual(30_000)
  expect(received).toHaveLength(1)
})

test('removes and logs the spool of another host on a copied disk', async () => {
  await mkdir(join(stateDir, 'spool', 'host-9999'), { recursive: true })
  await writeFile(join(stateDir, 'spool', 'host-9999', '000000000001-1.json'), '{}')
  start()
  expect(await readdir(join(stateDir, 'spool'))).toEqual([])
  expect(JSON.stringify(lines)).toContain('host-9999')
})

test('a second collector works in a state directory only after the first has ended', async () => {
  const first = start()
  expect(() => start()).toThrow(
    /another slashzero-collector works in .+; stop the other .+, or give this collector another --state-dir/,
  )
  await first.stop()
  start().enqueue(report(1))
  await expect.poll(() => received.flatMap((one) => one.sequences)).toEqual([1])
})

test('a hanging server delays the end only shortly, and its report stays', async () => {
  reply = () => ({ status: 200, hang: true })
  const delivery = start()
  delivery.enqueue(report(1))
  await expect.poll(() => received).toHaveLength(1)
  await delivery.stop()
  expect(time.waits[0]).toBe(2000)
  expect(await spooled()).toHaveLength(1)
})

test('an invalid server address is refused at once with a sentence', () => {
  expect(() => start({ server: 'slashzero.example' })).toThrow('not an http or https URL')
})

function start(options: Partial<DeliveryOptions> & { port?: number } = {}): Delivery {
  const { port, ...rest } = options
  const address = server.address()
  const known = typeof address === 'object' ? address?.port : null
  const delivery = createDelivery({
    server: `http://127.0.0.1:${port ?? known}`,
    enrolmentToken: null,
    stateDir,
    host,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    clock: time.clock,
    sleep: time.sleep,
    random: () => 0.1,
    ...rest,
  })
  deliveries.push(delivery)
  return delivery
}

function note(level: string) {
  return (fields: object, message: string) => void lines.push({ level, fields, message })
}

function report(sequence: number): Report {
  const observedAt = new Date().toISOString()
  return {
    version: 1,
    sequence,
    observedAt,
    sentAt: observedAt,
    host,
    membershipBytes: 56,
    namespaces: [],
    routeChecks: [],
    runs: [],
  }
}

/** Puts reports into the spool as an earlier run would. */
async function seed(sequences: readonly number[]): Promise<void> {
  const spool = join(stateDir, 'spool', host.id)
  await mkdir(spool, { recursive: true })
  for (const sequence of sequences) {
    const { sentAt: _, ...unsent } = report(sequence)
    await writeFile(join(spool, `${String(sequence).padStart(12, '0')}-${Date.now()}.json`), JSON.stringify(unsent))
  }
}

function take(request: Received): Reply {
  return request.path === '/ingest/v1/enrol'
    ? { status: 200, body: { hypervisorId: 'hv_1', credential: 'sz_host_new' } }
    : { status: 200, body: { accepted: request.sequences.length, duplicates: 0 } }
}

function problem(status: number, detail: string, errors: { pointer: string; detail: string }[] = []) {
  return { type: 'about:blank', title: 'Refused', status, detail, errors }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

async function delivered(delivery: Delivery, reports: number): Promise<void> {
  await expect.poll(() => delivery.status()).toMatchObject({ acknowledgedReports: reports, spooledReports: 0 })
}

async function spooled(): Promise<string[]> {
  return readdir(join(stateDir, 'spool', host.id)).catch(() => [])
}

function unpack({ headers }: IncomingMessage, body: Buffer): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}

/** A server that checks every report against the contract before it answers. */
async function listen(port: number): Promise<Server> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: unknown = JSON.parse(unpack(request, Buffer.concat(chunks)))
      const path = request.url ?? ''
      const reports = path === '/ingest/v1/reports' ? reportBatch.parse(body) : []
      const sequences = reports.map((one) => one.sequence)
      const one = {
        path,
        headers: request.headers,
        sequences,
        sentAt: reports.map(({ sentAt }) => sentAt),
      }
      received.push(one)
      const answer = reply(one)
      if (answer.hang === true) return
      response.writeHead(answer.status, answer.headers)
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}))
    })
  })
  await new Promise<void>((resolve) => {
    http.listen(port, '127.0.0.1', resolve)
  })
  return http
}

async function portOf(http: Server): Promise<number> {
  const address = http.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}

async function close(http: Server): Promise<void> {
  http.closeAllConnections()
  await new Promise((resolve) => {
    http.close(resolve)
  })
}
