import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../clock.ts'
import { createGuestRouteChecker } from '../create-guest-route-checker.ts'
import type { GuestVm } from '../guest-route-checker.ts'

const recorded = readFileSync(new URL('../../../../fixtures/libvirt-conversation.hex', import.meta.url), 'utf8')
const [said, answered] = ['> ', '< '].map((mark) =>
  recorded
    .split('\n')
    .filter((line) => line.startsWith(mark))
    .map((line) => Buffer.from(line.slice(2), 'hex')),
)
let directory: string
let servers: Server[]
let sockets: Socket[]
let holders: Socket[]
let vm: GuestVm

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slashzero-libvirt-'))
  servers = []
  sockets = []
  holders = []
  vm = {
    name: 'guests-vm-1',
    uuid: '5b2c1c52-4c5e-4a0e-9a55-0f6d3c3b1a01',
    pid: 1,
    agentSocketPath: await hold('agent.sock'),
  }
})

afterEach(async () => {
  for (const socket of [...sockets, ...holders]) socket.destroy()
  await Promise.all(servers.map(async (server) => new Promise((resolve) => void server.close(resolve))))
  await rm(directory, { recursive: true, force: true })
})

test('sends what a real libvirtd was sent, and understands its answers', async () => {
  const { socket, heard } = await listen((index, answer) => answer(answered?.[index] ?? Buffer.alloc(0)))
  expect(await check(socket)).toMatchObject({ method: 'guest-agent', defaultRoute: 'present', reason: null })
  const isCommand = (message: Buffer) => message.includes('"guest-exec"')
  expect(heard.filter((message) => !isCommand(message))).toEqual(
    said?.slice(0, heard.length).filter((message) => !isCommand(message)),
  )
  expect(heard).toHaveLength(8)
})

test('says goodbye, so that libvirt logs no error', async () => {
  const { socket, heard } = await listen((index, answer) => answer(answered?.[index] ?? Buffer.alloc(0)))
  await check(socket)
  await expect.poll(() => heard.at(-1)).toEqual(said?.at(-1))
})

test('reads answers byte by byte and after an unrelated message', async () => {
  const event = reply(0x20008086, 1, 0)
  event.writeUInt32BE(2, 16)
  const { socket } = await listen((index, answer) => {
    for (const byte of Buffer.concat([event, answered?.[index] ?? Buffer.alloc(0)])) answer(Buffer.of(byte))
  })
  expect(await check(socket)).toMatchObject({ defaultRoute: 'present' })
})

test.each<[string, (index: number) => Buffer, RegExp]>([
  ['with a password as the only method', () => reply(0x20008086, 66, 1, 1, 1), /libvirt asks for a password/],
  [
    'to members of its group alone',
    (index) => (index === 0 ? reply(0x20008086, 66, 1, 1, 2) : refuse(index + 1, 'not authorized')),
    /refuses the collector: not authorized; .* group libvirt/,
  ],
  [
    'and says that the agent does not run',
    (index) => (index < 2 ? recordedAnswer(index) : refuse(3, 'QEMU guest agent is not connected')),
    /^libvirt: QEMU guest agent is not connected$/,
  ],
  [
    'but not in its own protocol',
    () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /libvirt sent more than 1048576 bytes/,
  ],
  ['with a length of 0', () => Buffer.alloc(64), /cut off/],
  ['with fewer bytes than announced', () => recordedAnswer(0).fill(0xff, 28, 32), /cut off/],
  [
    'with a guest that answers no JSON',
    (index) => (index < 2 ? recordedAnswer(index) : say(3, '{')),
    /is not a JSON object/,
  ],
  [
    'with a guest that answers nothing',
    (index) => (index < 2 ? recordedAnswer(index) : reply(0x20008087, 3, 3, 0)),
    /is not a JSON object/,
  ],
])('libvirt answers %s', async (_, answerTo, reason) => {
  const { socket } = await listen((index, answer) => answer(answerTo(index)))
  expect(await check(socket)).toMatchObject({ defaultRoute: 'unknown', reason: expect.stringMatching(reason) })
})

test('a libvirt that stalls delays nobody beyond the deadline, and its VM is unknown', async () => {
  const { socket } = await listen(() => undefined)
  const direct: GuestVm = { name: 'direct', uuid: null, pid: 2, agentSocketPath: join(directory, 'no.sock') }
  const checker = createGuestRouteChecker({ deadlineMilliseconds: 200, clock: systemClock, libvirtSockets: [socket] })
  const [held, other] = await checker.check([vm, direct])
  checker.close()
  expect(held).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('no answer in time from libvirt'),
  })
  expect(other).toMatchObject({ defaultRoute: 'unknown', reason: "the agent's socket does not exist" })
})

test('many VMs share few connections, and each gets its own answer', async () => {
  const { socket, connections } = await listen((index, answer, message) => {
    if (index < 2) return answer(recordedAnswer(index))
    const [name] = /vm-\d+/.exec(message.toString('latin1')) ?? ['']
    // A refusal of this kind ends a check at once.
    answer(refuse(message.readUInt32BE(20), `no agent in ${name}`))
  })
  const vms = await holdMany()
  const checker = createGuestRouteChecker({ deadlineMilliseconds: 5000, clock: systemClock, libvirtSockets: [socket] })
  const reports = await checker.check(vms)
  checker.close()
  expect(reports.map(({ reason }) => reason)).toEqual(vms.map(({ name }) => `libvirt: no agent in ${name}`))
  expect(connections()).toBeLessThanOrEqual(8)
})

test('a VM that libvirt does not know belongs to another client', async () => {
  const { socket } = await listen((index, answer) =>
    answer(index < 2 ? recordedAnswer(index) : refuse(3, 'Domain not found', 42)),
  )
  expect(await check(socket)).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringMatching(/^libvirt does not know this VM, and another client/),
  })
})

test('if libvirt is not connected to the agent, the agent is not asked', async () => {
  const { socket, connections } = await listen(() => undefined)
  const idle = { ...vm, agentSocketPath: '/var/lib/libvirt/qemu/channel/target/domain-2-idle/org.qemu.guest_agent.0' }
  expect(await check(socket, idle)).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('libvirt is not connected to an agent'),
  })
  expect(connections()).toBe(0)
})

test('after a refusal, libvirt is not asked for every VM in every pass', async () => {
  const { socket, connections } = await listen((index, answer) =>
    answer(index === 0 ? reply(0x20008086, 66, 1, 1, 2) : refuse(index + 1, 'not authorized')),
  )
  const vms = await holdMany()
  const checker = createGuestRouteChecker({
    deadlineMilliseconds: 5000,
    clock: systemClock,
    intervalMilliseconds: 0,
    libvirtSockets: [socket],
  })
  const [first, second] = [await checker.check(vms), await checker.check(vms)]
  checker.close()
  expect(new Set([...first, ...second].map(({ reason }) => reason)).size).toBe(1)
  expect(connections()).toBeLessThanOrEqual(4)
})

test('without libvirt, sockets in its folders are used directly', async () => {
  const absent = join(directory, 'absent')
  const report = await check(absent, { ...vm, agentSocketPath: '/var/lib/libvirt/absent' })
  expect(report).toMatchObject({ defaultRoute: 'unknown', reason: "the agent's socket does not exist" })
  expect(await check(absent)).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('another client'),
  })
})

/** The socket of an agent with a client, as libvirt's sockets have while an agent runs. */
async function hold(name: string): Promise<string> {
  const path = join(directory, name)
  const server = createServer((client) => void holders.push(client))
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(path, resolve))
  const client = createConnection({ path })
  holders.push(client)
  await new Promise((resolve) => void client.once('connect', resolve))
  return path
}

async function holdMany(): Promise<GuestVm[]> {
  const indexes = Array.from({ length: 40 }, (_, index) => index)
  return Promise.all(
    indexes.map(async (index): Promise<GuestVm> => {
      const uuid = `5b2c1c52-4c5e-4a0e-9a55-${String(index).padStart(12, '0')}`
      return { name: `vm-${index}`, uuid, pid: index, agentSocketPath: await hold(`agent-${index}.sock`) }
    }),
  )
}

async function check(socket: string, guest = vm) {
  const checker = createGuestRouteChecker({ deadlineMilliseconds: 5000, clock: systemClock, libvirtSockets: [socket] })
  const [report] = await checker.check([guest])
  checker.close()
  return report
}

type AnswerTo = (index: number, answer: (bytes: Buffer) => void, message: Buffer) => void

/** A libvirt that calls `answerTo` for each whole message of a connection, numbered from 0. */
async function listen(answerTo: AnswerTo) {
  const heard: Buffer[] = []
  const socket = join(directory, 'libvirt-sock')
  const server = createServer((client) => {
    let buffered: Buffer = Buffer.alloc(0)
    let index = 0
    sockets.push(client)
    client.on('error', () => undefined)
    client.on('data', (bytes) => {
      buffered = Buffer.concat([buffered, bytes])
      for (let length = 0; buffered.length >= 4 && buffered.length >= (length = buffered.readUInt32BE(0)); index += 1) {
        const message = buffered.subarray(0, length)
        buffered = buffered.subarray(length)
        heard.push(message)
        answerTo(index, (answer) => void client.write(answer), message)
      }
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(socket, resolve))
  return { socket, heard, connections: () => sockets.length }
}

function recordedAnswer(index: number): Buffer {
  return Buffer.from(answered?.[index] ?? Buffer.alloc(0))
}

function reply(program: number, procedure: number, serial: number, ...payload: number[]): Buffer {
  const words = [28 + payload.length * 4, program, 1, procedure, 1, serial, 0, ...payload]
  const bytes = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4)
  return bytes
}

function refuse(serial: number, message: string, code = 1): Buffer {
  const bytes = withText(reply(0x20008087, 3, serial, code, 10, 1), message)
  bytes.writeUInt32BE(1, 24)
  return bytes
}

function say(serial: number, text: string): Buffer {
  return withText(reply(0x20008087, 3, serial, 1), text)
}

function withText(head: Buffer, text: string): Buffer {
  const padded = Buffer.alloc(Math.ceil(text.length / 4) * 4)
  padded.write(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  const bytes = Buffer.concat([head, length, padded])
  bytes.writeUInt32BE(bytes.length, 0)
  return bytes
}
