import { gunzipSync } from 'node:zlib'
import type { Report } from '@slashzero/contract/report'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runDemo } from './run-demo.ts'

const command = ['--server', 'http://server.test:3000', '--enrolment-token', 'sz_enrol_x', '--hypervisors', '3']
let output: string[]
let complaints: string[]

beforeEach(() => {
  output = []
  complaints = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => output.push(String(text)) > 0)
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => complaints.push(String(text)) > 0)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('enrols each host once and sends its history in order with its credential', async () => {
  const server = startServer()
  expect(await runDemo(command)).toBe(0)
  expect(server.enrolled.size).toBe(3)
  for (const [credential, reports] of server.stored) {
    expect(new Set(reports.map((one) => `credential of ${one.host.id}`))).toEqual(new Set([credential]))
    const times = reports.map((one) => Date.parse(one.observedAt))
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  }
  const total = [...server.stored.values()].flat().length
  const progress = output.map((line) => JSON.parse(line))
  expect(progress[0]).toEqual({ done: 0, total })
  expect(progress.at(-1)).toEqual({ done: total, total })
  expect(complaints).toEqual([])
})

test('sends a batch again when the server is busy', async () => {
  const server = startServer({ busyAnswers: 1 })
  expect(await runDemo(command)).toBe(0)
  const sequences = [...server.stored.values()].flatMap((reports) =>
    reports.map((one) => `${one.host.id} ${one.sequence}`),
  )
  expect(new Set(sequences).size).toBe(sequences.length)
  expect(JSON.parse(output.at(-1) ?? '')).toEqual({ done: sequences.length, total: sequences.length })
})

test('ends live reporting when the server refuses every host', async () => {
  startServer({ revokedAfterHistory: true })
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 2000 })
  expect(await runDemo([...command, '--live'])).toBe(0)
  vi.useRealTimers()
  expect(complaints.join('')).toMatch(/^The server takes no more reports of the demo fleet/)
})

test.each([
  {
    name: 'a refused token',
    answer: () => problem(401, 'The enrolment token has expired.'),
    expected: 'The server answered 401 to /ingest/v1/enrol: The enrolment token has expired.\n',
  },
  {
    name: 'an answer that is not a problem document',
    answer: () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    expected: 'The server answered 502 to /ingest/v1/enrol: <h1>Bad gateway</h1>\n',
  },
  {
    name: 'no server',
    answer: () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
    },
    expected: 'No server could be reached at http://server.test:3000: ECONNREFUSED.\n',
  },
])('one sentence and status 1 for $name', async ({ answer, expected }) => {
  vi.stubGlobal('fetch', async () => answer())
  expect(await runDemo(command)).toBe(1)
  expect(complaints).toEqual([expected])
})

test.each([
  { argv: [], expected: /--server/ },
  { argv: ['--server', 'here', '--enrolment-token', 'x'], expected: /--server/ },
  { argv: ['--server', 'http://here'], expected: /--enrolment-token/ },
  { argv: [...command, '--hypervisors', '0'], expected: /--hypervisors takes a whole number from 1 to 5000, not 0/ },
  { argv: [...command, '--fast'], expected: /--fast/ },
])('one sentence and status 1 for the arguments $argv', async ({ argv, expected }) => {
  expect(await runDemo(argv)).toBe(1)
  expect(complaints.join('')).toMatch(expected)
})

type Behaviour = { busyAnswers?: number; revokedAfterHistory?: boolean }

/** Answers as the ingest does: bearer tokens, gzip, 503 with Retry-After. */
function startServer({ busyAnswers = 0, revokedAfterHistory = false }: Behaviour = {}) {
  const enrolled = new Set<string>()
  const stored = new Map<string, Report[]>()
  let busyLeft = busyAnswers
  vi.stubGlobal('fetch', async (url: URL, init: { headers: Record<string, string>; body: Buffer }) => {
    const token = init.headers['authorization']?.replace('Bearer ', '') ?? ''
    if (url.pathname === '/ingest/v1/enrol') {
      const { host } = JSON.parse(init.body.toString())
      const again = token !== 'sz_enrol_x' || enrolled.has(host.id)
      enrolled.add(host.id)
      return again
        ? problem(401, 'No.')
        : Response.json({ hypervisorId: 'hv_1', credential: `credential of ${host.id}` })
    }
    if (busyLeft > 0) {
      busyLeft -= 1
      return problem(503, 'Busy.', { 'retry-after': '0' })
    }
    const reports: Report[] = JSON.parse(gunzipSync(init.body).toString())
    if (revokedAfterHistory && reports.length === 1) return problem(401, 'Unknown credential.')
    stored.set(token, [...(stored.get(token) ?? []), ...reports])
    return Response.json({ accepted: reports.length, duplicates: 0 })
  })
  return { enrolled, stored }
}

function problem(status: number, detail: string, headers = {}) {
  return Response.json({ type: 'about:blank', title: 'No', status, detail }, { status, headers })
}
