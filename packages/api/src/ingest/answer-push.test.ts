import { ServiceError, type GuestActor } from '@slashzero/services'
import { expect, test } from 'vitest'
import { createAnswerPush } from './answer-push.ts'
import { createFailureLimit } from './failure-limit.ts'
import type { IngestRequest } from './ingest-request.ts'

const request = {
  method: 'POST',
  path: '/ingest/v1/routes',
  format: 'linux',
  authorization: 'Bearer right-1',
  contentType: 'text/plain',
  contentEncoding: undefined,
  contentLength: undefined,
  source: '2001:db8::1',
}

test('a push reaches its verb as bytes, and the answer is a line', async () => {
  const { post, pushed } = setUp()
  const bytes = new Uint8Array([0, 255, 254, 10])
  const answer = await post(bytes, { contentType: undefined })
  expect(answer).toMatchObject({
    status: 200,
    body: 'Taken.\n',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
  expect(pushed).toEqual([{ actor: guest(1), format: 'linux', table: Buffer.from(bytes), receivedAt: 1000 }])
})

test.each<{ name: string; changes?: Partial<IngestRequest>; body?: Uint8Array; status: number; line: string }>([
  { name: 'another method', changes: { method: 'GET' }, status: 405, line: 'Routes are pushed with POST.' },
  { name: 'no token', changes: { authorization: undefined }, status: 401, line: 'The token is missing' },
  { name: 'a wrong token', changes: { authorization: 'Bearer wrong' }, status: 401, line: 'unknown token' },
  { name: 'no format', changes: { format: null }, status: 400, line: 'Name the format' },
  {
    name: 'a VM that nobody reports',
    changes: { authorization: 'Bearer gone' },
    status: 409,
    line: 'No hypervisor reports',
  },
  { name: 'an encoding', changes: { contentEncoding: 'gzip' }, status: 415, line: 'no Content-Encoding' },
  {
    name: 'a length that is too large',
    changes: { contentLength: '1048577' },
    status: 413,
    line: 'larger than 1048576',
  },
  { name: 'a body that is too large', body: Buffer.alloc(1_048_577), status: 413, line: 'larger than 1048576' },
])('$name is refused with $status in a line', async ({ changes, body, status, line }) => {
  const { post, pushed } = setUp()
  const answer = await post(body ?? Buffer.from('x'), changes)
  expect(answer).toMatchObject({ status, body: expect.stringMatching(/^[^\n]+\n$/) })
  expect(answer.body).toContain(line)
  expect(pushed).toEqual([])
})

test('a refused token is answered before the body is read', async () => {
  const { answer } = setUp()
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      throw new Error('it was read')
    },
  }
  for (const authorization of ['Bearer wrong', 'Bearer gone', undefined]) {
    expect((await answer({ ...request, authorization, body })).status).toBeLessThan(500)
  }
})

test('a token that floods must wait, without a query and without blocking others', async () => {
  const { post, asked, pushed, advance } = setUp()
  const flood = await Promise.all(Array.from({ length: 100 }, () => post(Buffer.from('x'))))
  expect(flood.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(flood.at(-1)).toMatchObject({
    status: 429,
    headers: { 'retry-after': '10' },
    body: 'One push each 10 s is enough; push again in 10 s.\n',
  })
  expect(asked).toEqual(['right-1'])
  expect((await post(Buffer.from('x'), { authorization: 'Bearer right-2' })).status).toBe(200)
  advance(10_000)
  expect((await post(Buffer.from('x'))).status).toBe(200)
  expect(pushed).toHaveLength(3)
})

test('a right token passes beside wrong tokens from its address', async () => {
  const { post, advance } = setUp()
  expect((await post(Buffer.from('x'))).status).toBe(200)
  for (let nth = 0; nth < 30; nth += 1) {
    const { status } = await post(Buffer.from('x'), { authorization: `Bearer wrong-${nth}` })
    expect(status).toBe(nth < 20 ? 401 : 429)
  }
  expect((await post(Buffer.from('x'), { authorization: 'Bearer right-2' })).status).toBe(200)
  advance(10_000)
  expect((await post(Buffer.from('x'))).status).toBe(200)
})

test('slow bodies of one guest hold up no other guest', async () => {
  const { post, answer, advance } = setUp()
  const never = async function* () {
    yield Buffer.from('x')
    await new Promise<never>(() => undefined)
  }
  const slow: Promise<object>[] = []
  for (let nth = 0; nth < 300; nth += 1) {
    slow.push(answer({ ...request, body: never() }))
    advance(10_000)
  }
  expect(await Promise.race(slow)).toMatchObject({ status: 503 })
  expect((await post(Buffer.from('x'), { authorization: 'Bearer right-2' })).status).toBe(200)
})

test('too many pushes at once are told to retry later', async () => {
  const gate = Promise.withResolvers<void>()
  const { post } = setUp(gate.promise)
  const waiting = Array.from({ length: 300 }, (_, nth) =>
    post(Buffer.from('x'), { authorization: `Bearer right-${nth}` }),
  )
  expect(await Promise.race(waiting)).toMatchObject({ status: 503, headers: { 'retry-after': '60' } })
  gate.resolve()
  expect((await Promise.all(waiting)).filter(({ status }) => status === 200)).toHaveLength(256)
})

test('an unexpected error reveals nothing to the guest', async () => {
  const { post } = setUp(Promise.reject(new Error('password of the database')))
  const answer = await post(Buffer.from('x'))
  expect(answer.status).toBe(500)
  expect(answer.body).toMatch(/under the id [0-9a-f]{12}/)
  expect(answer.body).not.toContain('password')
})

function guest(nth: number): GuestActor {
  return { kind: 'guest', tokenId: `right-${nth}`, hypervisorId: 'hv_1', vmKey: `name:vm-${nth}` }
}

function setUp(commit?: Promise<void>) {
  commit?.catch(() => undefined)
  let now = 1000
  const asked: string[] = []
  const pushed: object[] = []
  const answer = createAnswerPush({
    now: () => now,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    failureLimit: createFailureLimit(() => now),
    verbs: {
      authenticateGuest: async (token) => {
        asked.push(token)
        if (token === 'gone') throw new ServiceError('conflict', 'No hypervisor reports the VM.')
        if (!token.startsWith('right-')) throw new ServiceError('unauthenticated', 'unknown token')
        return guest(Number(token.slice('right-'.length)))
      },
      push: async (actor, format, table, receivedAt) => {
        await commit
        pushed.push({ actor, format, table, receivedAt })
        return 'Taken.'
      },
    },
  })
  async function post(bytes: Uint8Array, changes: Partial<IngestRequest> = {}) {
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    }
    const { body, ...rest } = await answer({ ...request, body: chunks(), ...changes })
    if (typeof body !== 'string') throw new TypeError('the answer of a push is one piece')
    return { ...rest, body }
  }
  return { post, answer, asked, pushed, advance: (milliseconds: number) => (now += milliseconds) }
}
