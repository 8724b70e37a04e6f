import { readdirSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stoppedClock } from '../testing/fake-clock.ts'
import { answer, createDeliveryBed, drain, makeReport, refuse, take } from '../testing/delivery-bed.ts'

let bed: ReturnType<typeof createDeliveryBed>
beforeEach(() => {
  bed = createDeliveryBed()
})
afterEach(() => bed.tearDown())

type Misbehaviour = {
  name: string
  http?: (response: ServerResponse, request: IncomingMessage) => void
  tcp?: (socket: Socket) => void
  said: RegExp
}

test.each<Misbehaviour>([
  { name: 'never answers', tcp: () => undefined, said: /no complete answer within 0\.2 s/ },
  {
    name: 'stalls in the middle of its headers',
    tcp: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-'),
    said: /no complete answer within/,
  },
  {
    name: 'stalls in the middle of its body',
    http: (response) => response.writeHead(200).write('{"accepted":'),
    said: /no complete answer within/,
  },
  {
    name: 'sends its answer byte by byte for ever',
    tcp: (socket) => trickle(socket),
    said: /no complete answer within/,
  },
  { name: 'resets the connection', tcp: (socket) => socket.resetAndDestroy(), said: /ECONNRESET|socket hang up|EPIPE/ },
  {
    name: 'closes the connection without an answer',
    tcp: (socket) => socket.end(),
    said: /socket hang up|ECONNRESET|EPIPE/,
  },
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
    name: 'answers 200 to another request',
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
])('a server that $name costs one line, and no report and no descriptor', async ({ http, tcp, said }) => {
  let well = false
  const server =
    tcp === undefined
      ? await bed.listen((request, response) =>
          well ? take(request, response) : drain(request, () => http?.(response, request)),
        )
      : await bed.listenTcp(tcp)
  const delivery = bed.start(`http://127.0.0.1:${server.port}`, { timeoutMilliseconds: 200 })
  await expect.poll(() => delivery.status().lastError).toMatch(said)
  const before = descriptors()
  await expect.poll(() => server.requests()).toBeGreaterThan(6)
  expect(descriptors() - before).toBeLessThan(4)
  expect(delivery.status()).toMatchObject({ spooledReports: 1, droppedReports: 0 })
  expect(bed.lines.map(({ level }) => level)).toEqual(['warn'])
  expect(JSON.stringify(bed.lines).length).toBeLessThan(1200)
  if (tcp !== undefined) return
  well = true
  await expect.poll(() => delivery.status()).toMatchObject({ acknowledgedReports: 1, spooledReports: 0 })
  expect(bed.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test.each<{ name: string; pointer: string; status: number; said: string }>([
  {
    name: 'asks for version 2',
    pointer: '/version',
    status: 422,
    said: '422: The report does not fit version 2.; /version: expected 2',
  },
  { name: 'asks for version 2 of a batch', pointer: '/0/version', status: 422, said: '/0/version: expected 2' },
  { name: 'no longer has this version', pointer: '', status: 410, said: '410: ' },
])(
  'a server that $name keeps every report, and is said to be of another version',
  async ({ pointer, status, said }) => {
    const errors = [
      { pointer: '/0/host/kind', detail: 'missing' },
      { pointer, detail: 'expected 2' },
    ].slice(pointer === '' ? 2 : 0)
    const server = await bed.listen((request, response) =>
      drain(request, () => refuse(response, status, 'The report does not fit version 2.', errors.toReversed())),
    )
    const delivery = bed.start(`http://127.0.0.1:${server.port}`)
    await expect.poll(() => delivery.status().lastError).toContain(said)
    expect(delivery.status()).toMatchObject({ spooledReports: 1, droppedReports: 0 })
    expect(bed.lines).toMatchObject([
      {
        level: 'warn',
        message: expect.stringMatching(
          /does not accept reports of version 1; reports stay in the spool. Upgrade the older/,
        ),
      },
    ])
  },
)

test('sends smaller batches over a network that is too slow', async () => {
  const sizes: number[] = []
  const server = await bed.listen((request, response) => {
    const size = Number(request.headers['content-length'])
    sizes.push(size)
    if (size < 6000) take(request, response)
  })
  const delivery = bed.start('http://slashzero.invalid')
  for (let sequence = 2; sequence <= 40; sequence += 1) delivery.enqueue(makeReport(sequence))
  await delivery.stop()
  const again = bed.start(`http://127.0.0.1:${server.port}`, { timeoutMilliseconds: 200 })
  await expect.poll(() => again.status()).toMatchObject({ acknowledgedReports: 41, droppedReports: 0 })
  expect(Math.max(...sizes)).toBeGreaterThan(6000)
})

test('Retry-After: 0 still waits, and a minute becomes slightly more than a minute', async () => {
  const server = await bed.listen((request, response) =>
    drain(request, () => {
      response.writeHead(429, { 'retry-after': '0' }).end()
    }),
  )
  bed.start(`http://127.0.0.1:${server.port}`, { random: () => 0.1 })
  await expect.poll(() => bed.waits.length).toBeGreaterThan(2)
  expect(bed.waits.slice(0, 3)).toEqual([100, 200, 400])
})

test('a server that alternates between two failures gets one line a minute', async () => {
  let turn = 0
  let monotonic = 0
  const server = await bed.listen((request, response) =>
    drain(request, () => answer(response, (turn += 1) % 2 === 0 ? 500 : 502, '')),
  )
  bed.start(`http://127.0.0.1:${server.port}`, { clock: stoppedClock({ monotonic: () => monotonic }) })
  await expect.poll(() => turn).toBeGreaterThan(6)
  expect(bed.lines).toHaveLength(1)
  monotonic += 61_000
  await expect.poll(() => bed.lines).toHaveLength(2)
})

test('accepts unknown fields in the answer of a later server version', async () => {
  const server = await bed.listen((request, response) =>
    drain(request, () => answer(response, 202, '{"accepted":1,"duplicates":0,"advice":{"interval":30}}')),
  )
  const delivery = bed.start(`http://127.0.0.1:${server.port}`)
  await expect.poll(() => delivery.status()).toMatchObject({ acknowledgedReports: 1, spooledReports: 0 })
})

function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n')
  const timer = setInterval(() => socket.write(' '), 20)
  socket.on('close', () => clearInterval(timer))
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length - bed.sockets.size
}
