import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goldenReport } from '@slashzero/contract/testing'
import { createDelivery } from '../deliver/create-delivery.ts'
import type { Delivery, DeliveryOptions } from '../deliver/delivery.ts'
import { fakeTime, stoppedClock } from './fake-clock.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
type Line = { level: string; fields: object; message: string }

const golden = goldenReport()

/** Deliveries of one test with a state directory that has a credential, and the servers that they meet. */
export function createDeliveryBed() {
  const stateDir = mkdtempSync(join(tmpdir(), 'slashzero-hostile-'))
  writeFileSync(join(stateDir, 'credential'), 'sz_host_kept')
  const lines: Line[] = []
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  const deliveries: Delivery[] = []
  const { sleep, waits } = fakeTime()

  function start(server: string, options: Partial<DeliveryOptions> = {}): Delivery {
    const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
    const delivery = createDelivery({
      server,
      enrolmentToken: null,
      stateDir,
      host: golden.host,
      log: { info: note('info'), warn: note('warn'), error: note('error') },
      clock: stoppedClock({ wall: Date.now }),
      sleep,
      random: () => 0.001,
      ...options,
    })
    deliveries.push(delivery)
    delivery.enqueue(makeReport(1))
    return delivery
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

  async function tearDown(): Promise<void> {
    await Promise.all(deliveries.map((delivery) => delivery.stop()))
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    rmSync(stateDir, { recursive: true, force: true })
  }

  return {
    stateDir,
    lines,
    sockets,
    waits,
    start,
    listen: (handle: Handler) => follow(createServer(handle), 'request'),
    listenTls: (identity: { key: string; cert: string }, handle: Handler) =>
      follow(createTlsServer(identity, handle), 'request'),
    listenTcp: (handle: (socket: Socket) => void) =>
      follow(
        createTcpServer((socket) => void socket.once('data', () => handle(socket))),
        'connection',
      ),
    tearDown,
  }
}

/** A report that does not compress well. */
export function makeReport(sequence: number) {
  const now = new Date().toISOString()
  const labels = { noise: randomBytes(100).toString('hex') }
  return { ...golden, sequence, observedAt: now, sentAt: now, host: { ...golden.host, labels } }
}

export function drain(request: IncomingMessage, then: () => void): void {
  request.resume().on('end', then)
}

/** Acknowledges one report. */
export function take(request: IncomingMessage, response: ServerResponse): void {
  drain(request, () => answer(response, 200, '{"accepted":1,"duplicates":0}'))
}

export function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status).end(body)
}

export function refuse(response: ServerResponse, status: number, detail: string, errors: object[] = []): void {
  answer(response, status, JSON.stringify({ type: 'about:blank', title: 'Refused', status, detail, errors }))
}
