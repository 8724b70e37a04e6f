import { gzipSync } from 'node:zlib'
import { problem, type Problem, type Report } from '@slashzero/contract/report'
import { buildCheck, buildNamespace, buildTap } from '@slashzero/contract/testing'
import { createBaseCache, ServiceError, type CollectorActor } from '@slashzero/services'
import { expect, test } from 'vitest'
import { createAnswerIngest } from './answer-ingest.ts'
import type { IngestRequest } from './ingest-request.ts'

const actor: CollectorActor = { kind: 'collector', hypervisorId: 'hv_1', hostId: 'host-0001' }
const report = {
  version: 1,
  sequence: 7,
  observedAt: '2026-01-01T00:00:00.000Z',
  sentAt: '2026-01-01T00:00:00.100Z',
  host: {
    id: 'host-0001',
    bootId: '5e7b5dd5-8d3c-4e1c-9f6f-0f6a3f1f9a10',
    name: 'hv-1',
    kernel: '6.1.0',
    collectorVersion: '0.1.0',
    labels: {},
  },
  membershipBytes: 56,
  namespaces: [],
  routeChecks: [],
  runs: [],
}

test('a report reaches its verb with its actor and without unknown fields', async () => {
  const { post, submitted } = setUp()
  expect((await post(gzipSync(JSON.stringify({ ...report, later: { deep: [1] } })))).status).toBe(200)
  expect((await post([report, { ...report, sequence: 8 }], { contentEncoding: undefined })).status).toBe(200)
  expect(submitted.map(({ batch }) => batch.map(({ sequence }) => sequence))).toEqual([[7], [7, 8]])
  expect(submitted[0]).toMatchObject({ actor, receivedAt: 1000, batch: [report] })
  expect(submitted[0]?.batch[0]).not.toHaveProperty('later')
})

const zip = (value: unknown) => gzipSync(typeof value === 'string' ? value : JSON.stringify(value))
const wrong = { ...report, membershipBytes: 'many' }

test.each<{ name: string; request: Partial<IngestRequest>; body?: unknown; status: number; detail: string }>([
  { name: 'another path', request: { path: '/ingest/v1/other' }, status: 404, detail: 'There is nothing at' },
  { name: 'another method', request: { method: 'GET' }, status: 405, detail: 'allowed is POST' },
  { name: 'no token', request: { authorization: undefined }, status: 401, detail: 'Authorization: Bearer' },
  { name: 'another scheme', request: { authorization: 'Basic eDp5' }, status: 401, detail: 'Authorization: Bearer' },
  { name: 'a wrong token', request: { authorization: 'Bearer wrong' }, status: 401, detail: 'unknown credential' },
  { name: 'another type', request: { contentType: 'text/plain' }, status: 415, detail: 'application/json' },
  {
    name: 'another charset',
    request: { contentType: 'application/json; charset=latin1' },
    status: 415,
    detail: 'UTF-8',
  },
  { name: 'another encoding', request: { contentEncoding: 'br' }, status: 415, detail: 'gzip' },
  {
    name: 'a length that is too large',
    request: { contentLength: '1048577' },
    status: 413,
    detail: 'larger than 1048576',
  },
  {
    name: 'a body that is too large',
    request: {},
    body: Buffer.alloc(1_048_577),
    status: 413,
    detail: 'larger than 1048576',
  },
  {
    name: 'a gzip bomb',
    request: {},
    body: zip(' '.repeat(9 * 1024 * 1024)),
    status: 413,
    detail: 'inflates to more than 8388608',
  },
  {
    name: 'truncated gzip',
    request: {},
    body: zip(report).subarray(0, 60),
    status: 400,
    detail: 'gzip body is truncated',
  },
  { name: 'no gzip', request: {}, body: Buffer.from('{}'), status: 400, detail: 'not valid gzip' },
  { name: 'truncated JSON', request: {}, body: zip('{"version":1,'), status: 400, detail: 'not JSON' },
  { name: 'deep nesting', request: {}, body: zip(`{"x":${'['.repeat(1e6)}`), status: 400, detail: 'nests deeper' },
])('$name is refused with $status', async ({ request, body = zip(report), status, detail }) => {
  const { post, submitted } = setUp()
  const answer = await post(body, request)
  expect(answer).toMatchObject({ status, body: { status, detail: expect.stringContaining(detail) } })
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(submitted).toEqual([])
})

test.each([
  { name: 'no object', body: '7', errors: [{ pointer: '', detail: expect.stringContaining('expected object') }] },
  { name: 'an empty batch', body: [], errors: [{ pointer: '', detail: 'expected 1 to 100 reports, received 0' }] },
  {
    name: 'another version',
    body: { ...report, version: 2 },
    errors: [{ pointer: '/version', detail: 'Invalid input: expected 1' }],
  },
  {
    name: 'a wrong type',
    body: wrong,
    errors: [{ pointer: '/membershipBytes', detail: expect.stringContaining('expected number') }],
  },
  {
    name: 'a wrong type in a batch',
    body: [report, wrong],
    errors: [{ pointer: '/1/membershipBytes', detail: expect.any(String) }],
  },
  {
    name: 'a label whose name has a slash',
    body: { ...report, host: { ...report.host, labels: { 'a/b~c': 1 } } },
    errors: [{ pointer: '/host/labels/a~1b~0c', detail: expect.any(String) }],
  },
  {
    name: 'a counter beyond 2^53',
    body: JSON.stringify({ ...report, sequence: 0 }).replace('"sequence":0', '"sequence":9007199254740993'),
    errors: [{ pointer: '/sequence', detail: expect.any(String) }],
  },
])('$name is refused with a pointer to each wrong field', async ({ body, errors }) => {
  const { post, submitted } = setUp()
  expect(await post(zip(body))).toMatchObject({ status: 422, body: { errors } })
  expect(submitted).toEqual([])
})

test('a report with many errors gets a bounded list of errors', async () => {
  const { body } = await setUp().post(zip({ ...report, runs: Array.from({ length: 500 }, () => 0) }))
  expect(body.errors).toHaveLength(20)
})

test.each(['/ingest/v1/reports', '/ingest/v1/enrol'])('%s reads no body for a wrong token', async (path) => {
  const { answer } = setUp()
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      throw new Error('was read')
    },
  }
  expect((await answer({ ...request, path, authorization: 'Bearer wrong', body })).status).toBe(401)
})

test.each([{ before: true }, { before: false }])(
  'a right token passes beside any number of wrong tokens, known before: $before',
  async ({ before }) => {
    const { post, advance } = setUp()
    const enrolment = { path: '/ingest/v1/enrol', authorization: 'Bearer sz_enrol_x' }
    const host = zip({ host: { id: 'host-0001', name: 'hv-1' } })
    if (before) await post(zip(report))
    for (let index = 0; index < 25; index += 1) {
      const { status } = await post(zip(report), { authorization: `Bearer wrong${index}` })
      expect(status).toBe(index < 20 ? 401 : 429)
    }
    const refused = await post(zip(report), { authorization: 'Bearer wrong', source: '2001:db8::2' })
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    expect((await post(zip(report), { authorization: 'Bearer wrong', source: '2001:db8:0:1::1' })).status).toBe(401)
    expect((await post(zip(report))).status).toBe(200)
    expect((await post(host, enrolment)).status).toBe(201)
    advance(60_000)
    expect((await post(zip(report), { authorization: 'Bearer wrong' })).status).toBe(401)
  },
)

test('slow bodies delay only their own host, and whole bodies of all are bounded', async () => {
  const { answer, post } = setUp()
  const never = async function* () {
    yield Buffer.from('x')
    await new Promise<never>(() => undefined)
  }
  const slow = Array.from({ length: 300 }, () => answer({ ...request, body: never() }))
  const refused = await Promise.race(slow)
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '5' } })
  const other = { authorization: 'Bearer right-2' }
  expect((await post(zip(report), other)).status).toBe(200)
})

test('too many reports at once are told to retry; later reports are accepted', async () => {
  const gate = Promise.withResolvers<void>()
  const { post } = setUp({ commit: gate.promise })
  const waiting = Array.from({ length: 300 }, (_, nth) => post(zip(report), { authorization: `Bearer right-${nth}` }))
  const early = await Promise.race(waiting)
  expect(early).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  gate.resolve()
  const statuses = (await Promise.all(waiting)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(256)
  expect(statuses.filter((status) => status === 503)).toHaveLength(44)
  expect((await post(zip(report))).status).toBe(200)
})

test('the reports of one host are stored one request after another', async () => {
  const gate = Promise.withResolvers<void>()
  const { post, submitted, begun } = setUp({ commit: gate.promise })
  const waiting = [1, 2, 3, 4, 5].map((sequence) => post(zip({ ...report, sequence })))
  expect(await Promise.race(waiting)).toMatchObject({ status: 429 })
  await expect.poll(() => begun()).toBe(1)
  gate.resolve()
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 429])
  expect(submitted).toHaveLength(4)
})

test('a report of 2,000 taps is accepted', async () => {
  const { post } = setUp()
  const taps = Array.from({ length: 2000 }, (_, nth) => buildTap(nth + 1, { name: `tap${nth}` }))
  const routeChecks = taps.map((_, nth) => buildCheck(0, { vm: { name: `vm-${nth}`, uuid: null } }))
  expect((await post(zip({ ...report, namespaces: [buildNamespace({ taps })], routeChecks }))).status).toBe(200)
})

test('an unexpected error goes to the log and reveals nothing to the client', async () => {
  const { post, logged } = setUp({ commit: Promise.reject(new Error('password of the database')) })
  const answer = await post(zip(report))
  const errorId = /under the id ([0-9a-f]{12})/.exec(answer.body.detail)?.[1]
  expect(answer.status).toBe(500)
  expect(JSON.stringify(answer)).not.toContain('password')
  expect(logged).toEqual([{ errorId, err: expect.objectContaining({ message: 'password of the database' }) }])
})

test('a small enrolment body is exchanged for a credential', async () => {
  const { post } = setUp()
  const enrolment = { path: '/ingest/v1/enrol', authorization: 'Bearer sz_enrol_x' }
  expect(await post(zip({ host: { id: 'host-0001', name: 'hv-1' } }), enrolment)).toMatchObject({ status: 201 })
  expect(await post(zip({ host: { id: 'host-0001' } }), enrolment)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/host/name' }] },
  })
  expect((await post(zip(' '.repeat(20_000)), enrolment)).status).toBe(413)
})

const request = {
  method: 'POST',
  path: '/ingest/v1/reports',
  format: null,
  authorization: 'Bearer right',
  contentType: 'application/json',
  contentEncoding: 'gzip',
  contentLength: undefined,
  source: '2001:db8::1',
}

function setUp({ commit }: { commit?: Promise<void> } = {}) {
  commit?.catch(() => undefined)
  let now = 1000
  let begun = 0
  const logged: object[] = []
  const submitted: { actor: CollectorActor; batch: readonly Report[]; receivedAt: number }[] = []
  const answer = createAnswerIngest({
    now: () => now,
    bases: createBaseCache(1e6, () => now),
    log: { info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) },
    verbs: {
      authenticate: async (credential) => {
        if (credential === 'right') return actor
        if (!credential.startsWith('right-')) throw new ServiceError('unauthenticated', 'unknown credential')
        return { ...actor, hypervisorId: credential }
      },
      submit: async (by, batch, receivedAt) => {
        begun += 1
        await commit
        submitted.push({ actor: by, batch, receivedAt })
        return { accepted: batch.length, duplicates: 0 }
      },
      authenticateGuest: () => Promise.reject(new Error('no guest')),
      push: () => Promise.reject(new Error('no guest')),
      checkEnrolment: async (token) => {
        if (token !== 'sz_enrol_x') throw new ServiceError('unauthenticated', 'unknown token')
      },
      enrol: async () => ({ hypervisorId: 'hv_1', credential: 'sz_host_x' }),
    },
  })
  async function post(body: unknown, changes: Partial<IngestRequest> = {}) {
    const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body))
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    }
    const { status, headers, body: text } = await answer({ ...request, body: chunks(), ...changes })
    if (typeof text !== 'string') throw new TypeError('the answer of an ingest is one piece')
    const parsed: unknown = JSON.parse(text)
    return { status, headers, body: status < 300 ? NO_PROBLEM : problem.parse(parsed) }
  }
  return {
    post,
    answer,
    submitted,
    logged,
    begun: () => begun,
    advance: (milliseconds: number) => (now += milliseconds),
  }
}

const NO_PROBLEM: Problem = { type: '', title: '', status: 0, detail: '' }
