import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { applyDelta, makeDelta, report as schema, SEND_ALL, type Report } from '@slashzero/contract/report'
import { buildHistory, createSeededRandom } from '@slashzero/contract/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeTime, type FakeTime } from '../testing/fake-clock.ts'
import { createDelivery } from './create-delivery.ts'
import { SPOOL_LIMITS, type Delivery } from './delivery.ts'
import { openSpool } from './keep-spool.ts'

const history = buildHistory(createSeededRandom(1), 80)

let stateDir: string
let time: FakeTime
let server: ReturnType<typeof createStore>
let deliveries: Delivery[]

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'slashzero-deltas-'))
  writeFileSync(join(stateDir, 'credential'), 'sz_host_kept')
  time = fakeTime()
  deliveries = []
  server = createStore()
  await server.listen()
})
afterEach(async () => {
  await Promise.all(deliveries.map((delivery) => delivery.stop()))
  await server.close()
  rmSync(stateDir, { recursive: true })
})

test('after a whole report, the reports arrive as deltas and mean the same', async () => {
  await sendAll(start(), history.slice(0, 12))
  expect(server.kinds()).toBe(`whole${' delta'.repeat(11)}`)
  expect(server.reports()).toEqual(history.slice(0, 12).map(toSent))
})

test('every few minutes a report goes whole', async () => {
  const delivery = start()
  for (const report of history) {
    await sendAll(delivery, [report])
    time.advance(15_000)
  }
  const whole = server
    .kinds()
    .split(' ')
    .flatMap((kind, index) => (kind === 'whole' ? [index] : []))
  const gaps = whole.slice(1).map((index, nth) => ((index - (whole[nth] ?? 0)) * 15) / 60)
  expect(gaps.length).toBeGreaterThan(2)
  expect(gaps.filter((minutes) => minutes < 4 || minutes > 6.5)).toEqual([])
  expect(server.reports()).toEqual(history.map(toSent))
})

test('a server that names no base gets whole reports only', async () => {
  server.takesDeltas = false
  await sendAll(start(), history.slice(0, 5))
  expect(server.kinds()).toBe('whole whole whole whole whole')
})

test('a server that lost its base gets the whole report at once, and then deltas again', async () => {
  const delivery = start()
  await sendAll(delivery, history.slice(0, 3))
  server.forget()
  await sendAll(delivery, history.slice(3, 6))
  expect(server.kinds()).toBe('whole delta delta missed whole delta delta')
  expect(server.reports()).toEqual(history.slice(0, 6).map(toSent))
  expect(time.waits.filter((wait) => wait > 0)).toEqual([])
})

test('behind a balancer of servers that do not know each other, deltas become rare', async () => {
  const delivery = start()
  for (const report of history) {
    await sendAll(delivery, [report])
    server.forget()
    time.advance(15_000)
  }
  const missed = server
    .kinds()
    .split(' ')
    .filter((kind) => kind === 'missed')
  expect(missed.length).toBeLessThan(10)
  expect(server.reports()).toEqual(history.map(toSent))
})

test('a lost acknowledgement costs a duplicate and loses nothing', async () => {
  const delivery = start()
  await sendAll(delivery, history.slice(0, 2))
  server.answerNext(500)
  await sendAll(delivery, history.slice(2, 5))
  expect(server.kinds()).toBe('whole delta delta whole delta delta')
  expect(server.duplicates()).toBe(1)
  expect(server.reports()).toEqual(history.slice(0, 5).map(toSent))
})

test('a delta that the server refuses goes whole', async () => {
  const delivery = start()
  await sendAll(delivery, history.slice(0, 2))
  server.refuseDeltas = true
  await sendAll(delivery, history.slice(2, 4))
  expect(server.kinds()).toBe('whole delta refused whole refused whole')
  expect(delivery.status()).toMatchObject({ droppedReports: 0, acknowledgedReports: 4 })
})

test('reports that wait together go whole', async () => {
  const delivery = start()
  await sendAll(delivery, history.slice(0, 1))
  for (const report of history.slice(1, 4)) delivery.enqueue(report)
  await settled(delivery, 4)
  expect(server.kinds()).toBe('whole whole')
  expect(server.reports()).toEqual(history.slice(0, 4).map(toSent))
})

test('a delta that waits for its answer is whole on disk when the collector stops', async () => {
  const delivery = start()
  await sendAll(delivery, history.slice(0, 2))
  server.hang = true
  delivery.enqueue(history[2] ?? fail())
  await expect.poll(() => server.kinds()).toBe('whole delta delta')
  expect(spooled()).toEqual([expect.stringContaining('.delta.json.gz')])
  await delivery.stop()
  expect(spooled()).toEqual([expect.not.stringContaining('.delta')])
  server.hang = false
  server.forget()
  await sendAll(start(), history.slice(3, 4), 2)
  expect(server.reports()).toEqual(history.slice(0, 4).map(toSent))
})

test('a delta that a killed collector left is sent to the server that holds its base', async () => {
  const name = leaveDelta()
  server.hold(name, history[0] ?? fail())
  await sendAll(start(), history.slice(2, 3), 2)
  expect(server.reports()).toEqual(history.slice(1, 3).map(toSent))
})

test('a delta that a killed collector left is dropped and logged if its base is gone', async () => {
  leaveDelta()
  const delivery = start()
  await sendAll(delivery, history.slice(2, 3), 1)
  expect(delivery.status().droppedReports).toBe(1)
  expect(server.reports()).toEqual(history.slice(2, 3).map(toSent))
})

/** A spool as a collector leaves it that is killed between a delta and its acknowledgement. */
function leaveDelta(): string {
  const [first, second] = history
  if (first === undefined || second === undefined) return fail()
  const spool = openSpool({
    directory: join(stateDir, 'spool', first.host.id),
    limits: SPOOL_LIMITS,
    clock: time.clock,
    log: silent,
  })
  spool.put({ ...second, sentAt: new Date(time.clock.wall()).toISOString() }, makeDelta('before', first, second))
  return 'before'
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

function fail(): never {
  throw new Error('the history is too short')
}

function start(): Delivery {
  const delivery = createDelivery({
    server: server.url(),
    enrolmentToken: null,
    stateDir,
    host: { id: 'host-0001', name: 'hv-1' },
    log: silent,
    clock: time.clock,
    sleep: time.sleep,
    random: () => 0.5,
  })
  deliveries.push(delivery)
  return delivery
}

async function sendAll(delivery: Delivery, reports: readonly Report[], expected = reports.length): Promise<void> {
  const before = delivery.status().acknowledgedReports
  for (const [index, report] of reports.entries()) {
    delivery.enqueue(report)
    await settled(delivery, before + expected - reports.length + index + 1)
  }
}

async function settled(delivery: Delivery, acknowledged: number): Promise<void> {
  await expect
    .poll(() => delivery.status(), { interval: 5 })
    .toMatchObject({ acknowledgedReports: acknowledged, spooledReports: 0 })
}

function spooled(): string[] {
  return readdirSync(join(stateDir, 'spool', 'host-0001'))
}

/** A report as the server sees it; the time of sending is another matter. */
function toSent(report: Report): object {
  return { ...schema.parse(JSON.parse(JSON.stringify(report))), sentAt: expect.any(String) }
}

/** A server that holds one base and stores each report once. */
function createStore() {
  const kinds: string[] = []
  const stored = new Map<string, Report>()
  let duplicates = 0
  let base: { readonly name: string; readonly report: Report } | null = null
  let names = 0
  let status = 0
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => take(request, Buffer.concat(chunks), response))
  })
  const store = {
    takesDeltas: true,
    refuseDeltas: false,
    hang: false,
    kinds: () => kinds.join(' '),
    reports: () => [...stored.values()],
    duplicates: () => duplicates,
    forget: () => {
      base = null
    },
    hold: (name: string, report: Report) => {
      base = { name, report: schema.parse(report) }
    },
    /** The next answer has this status, after the server has stored its report. */
    answerNext: (code: number) => {
      status = code
    },
    listen: () =>
      new Promise<void>((resolve) => {
        http.listen(0, '127.0.0.1', resolve)
      }),
    close: () =>
      new Promise<unknown>((resolve) => {
        http.close(resolve).closeAllConnections()
      }),
    url: () => {
      const address = http.address()
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    },
  }

  function take({ headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
    const parsed: unknown = JSON.parse(text)
    const answer = (code: number, said: object) => void response.writeHead(code).end(JSON.stringify(said))
    const refuse = (code: number, type: string) => answer(code, { type, title: 'No', status: code, detail: 'no' })
    if (Array.isArray(parsed)) {
      kinds.push('whole')
      return accept(
        parsed.map((one) => schema.parse(one)),
        answer,
      )
    }
    const isKnown =
      base !== null && typeof parsed === 'object' && parsed !== null && 'base' in parsed && parsed.base === base.name
    kinds.push(store.refuseDeltas ? 'refused' : isKnown ? 'delta' : 'missed')
    if (store.hang) return undefined
    if (store.refuseDeltas) return refuse(422, 'about:blank')
    if (base === null || !isKnown) return refuse(409, SEND_ALL)
    return accept([applyDelta(base.report, parsed)], answer)
  }

  function accept(reports: readonly Report[], answer: (code: number, said: object) => void): void {
    for (const report of reports) {
      const key = `${report.host.bootId} ${report.sequence}`
      if (stored.has(key)) duplicates += 1
      else stored.set(key, report)
      names += 1
      base = { name: `base-${names}`, report }
    }
    const code = status || 200
    status = 0
    answer(code, { accepted: reports.length, duplicates: 0, ...(store.takesDeltas && base ? { base: base.name } : {}) })
  }

  return store
}
