import { expect, test } from 'vitest'
import { SystemError } from '../../io/kernel.ts'
import type { Arrival, ProbeSocket } from '../../io/off-link-network.ts'
import { fakeTime } from '../../testing/fake-clock.ts'
import { askGuests } from './ask-guests.ts'
import type { Target } from './find-targets.ts'
import { askByEcho, askByTcp } from './ways.ts'

const SOURCE = '20010db8ffff00000000000000000001'
const LOCAL = 'fe800000000000000000000000000001'

type Sent = { message: Uint8Array; to: string; source: string; ifindex: number }

/** A socket that gets the result of `answer` for each message sent. */
function fakeSocket(answer: (sent: Sent) => Arrival[], lost = 0): { socket: ProbeSocket; sent: Sent[] } {
  const sent: Sent[] = []
  let arrived: Arrival[] = []
  const socket: ProbeSocket = {
    send: (message, to, from) => {
      const one = { message, to, ...from }
      sent.push(one)
      arrived.push(...answer(one))
    },
    receive: () => arrived.splice(0),
    countLost: () => lost,
    close: () => void (arrived = []),
  }
  return { socket, sent }
}

function reply({ message, to, ifindex }: Sent, more: Partial<Arrival> = {}): Arrival {
  const bytes = Uint8Array.from(message)
  bytes[0] = 129
  return { message: bytes, source: to, ifindex, ...more }
}

function target(number: number, more: Partial<Target> = {}): Target {
  return {
    address: `20010db80001${String(number).padStart(20, '0')}`,
    ifindex: number,
    onLinkSource: LOCAL,
    routed: true,
    ...more,
  }
}

async function ask(answer: (sent: Sent) => Arrival[], targets: Target[]) {
  const { socket, sent } = fakeSocket(answer)
  const questions = targets.map((one) => ({ targets: [one], interfaces: new Set([one.ifindex]) }))
  const asking = { ...fakeTime(), source: SOURCE, deadlineMilliseconds: 60 }
  const answers = await askGuests([askByEcho(socket)], questions, asking)
  return { answers: answers.map(([one]) => [one?.offLink, one?.onLink]), sent }
}

test('each VM is asked off-link and on-link, and its own answers count', async () => {
  const { answers, sent } = await ask((one) => [reply(one)], [target(5), target(6)])
  expect(answers).toEqual([
    ['own', 'own'],
    ['own', 'own'],
  ])
  expect(sent.map(({ source, ifindex }) => [source, ifindex])).toEqual([
    [SOURCE, 5],
    [LOCAL, 5],
    [SOURCE, 6],
    [LOCAL, 6],
  ])
  expect(new Set(sent.map(({ message }) => Buffer.from(message.subarray(8)).toString('hex'))).size).toBe(4)
})

test('asks again off-link before the deadline if there is no answer', async () => {
  const { answers, sent } = await ask((one) => (one.source === LOCAL ? [reply(one)] : []), [target(5)])
  expect(answers).toEqual([['none', 'own']])
  expect(sent.map(({ source }) => source)).toEqual([SOURCE, LOCAL, SOURCE])
})

test('one lost packet is not a lost route', async () => {
  let times = 0
  const { answers } = await ask((one) => (one.source === SOURCE && (times += 1) === 1 ? [] : [reply(one)]), [target(5)])
  expect(answers).toEqual([['own', 'own']])
})

test.each<[string, (sent: Sent) => Arrival[], string]>([
  ["on another VM's tap", (sent) => [reply(sent, { ifindex: 6 })], 'elsewhere'],
  ['from another address', (sent) => [reply(sent, { source: target(6).address })], 'elsewhere'],
  ['with a guessed token', (sent) => [reply({ ...sent, message: Uint8Array.from(sent.message).fill(7, 8) })], 'none'],
  [
    'with another identifier',
    (sent) => [reply({ ...sent, message: Uint8Array.from(sent.message, (byte, at) => (at === 5 ? byte ^ 1 : byte)) })],
    'none',
  ],
  ['as the request itself', (sent) => [{ ...reply(sent), message: sent.message }], 'none'],
  ['cut short', (sent) => [{ ...reply(sent), message: reply(sent).message.subarray(0, 20) }], 'none'],
  ['without content', (sent) => [{ ...reply(sent), message: new Uint8Array() }], 'none'],
])('a reply %s does not count', async (_, forge, expected) => {
  const { answers } = await ask(forge, [target(5)])
  expect(answers).toEqual([[expected, expected]])
})

test('a VM cannot answer for another VM with its own token', async () => {
  const [first, second] = [target(5), target(6)]
  const { answers } = await ask(
    (one) => (one.to === second.address ? [reply(one, { source: first.address, ifindex: 5 })] : []),
    [first, second],
  )
  expect(answers[0]).toEqual(['none', 'none'])
  expect(answers[1]).toEqual(['elsewhere', 'elsewhere'])
})

test('a refusal of the kernel is reported, and the other VMs are asked', async () => {
  const refuse = (one: Sent) => {
    if (one.ifindex === 5 && one.source === SOURCE) throw new SystemError('sendmsg', 'ENETUNREACH')
    return [reply(one)]
  }
  const { answers } = await ask(refuse, [target(5), target(6)])
  expect(answers).toEqual([
    [{ unsent: 'sendmsg: ENETUNREACH' }, 'own'],
    ['own', 'own'],
  ])
})

test('without a link-local source, an address is asked only off-link', async () => {
  const { answers } = await ask((one) => [reply(one)], [target(5, { onLinkSource: null })])
  expect(answers).toEqual([['own', null]])
})

/** A TCP answer to a SYN, with these flags. */
function accept({ message, to, ifindex }: Sent, flags: number, more: Partial<Arrival> = {}): Arrival {
  const syn = new DataView(message.buffer, message.byteOffset, message.length)
  const bytes = new Uint8Array(20)
  const data = new DataView(bytes.buffer)
  data.setUint16(0, syn.getUint16(2))
  data.setUint16(2, syn.getUint16(0))
  data.setUint32(8, (syn.getUint32(4) + 1) >>> 0)
  data.setUint16(12, (5 << 12) | flags)
  return { message: bytes, source: to, ifindex, ...more }
}

async function askBoth(
  echoes: (sent: Sent) => Arrival[],
  segments: (sent: Sent) => Arrival[],
  targets: Target[],
  lost = 0,
) {
  const echo = fakeSocket(echoes)
  const tcp = fakeSocket(segments, lost)
  const ways = [askByEcho(echo.socket), askByTcp({ ...tcp.socket, port: 61_000 }, [22, 3389])]
  const questions = targets.map((one) => ({ targets: [one], interfaces: new Set([one.ifindex]) }))
  const answers = await askGuests(ways, questions, {
    ...fakeTime(),
    source: SOURCE,
    deadlineMilliseconds: 60,
  })
  return {
    answers: answers.map((all) => all.map(({ by, offLink, onLink }) => [by, offLink, onLink])),
    echoes: echo.sent,
    segments: tcp.sent,
  }
}

test('a VM that does not answer echo requests is asked on every TCP port', async () => {
  const { answers, segments } = await askBoth(
    (one) => (one.ifindex === 5 ? [reply(one)] : []),
    (one) => [accept(one, 0x14)],
    [target(5), target(6)],
  )
  expect(answers[0]).toEqual([['echo requests', 'own', 'own']])
  expect(answers[1]).toEqual([
    ['echo requests', 'none', 'none'],
    ['TCP port 22', 'own', 'own'],
    ['TCP port 3389', 'own', 'own'],
  ])
  expect(
    segments.map(({ ifindex, source, message }) => [ifindex, source, Buffer.from(message).readUInt16BE(2)]),
  ).toEqual([
    [6, SOURCE, 22],
    [6, LOCAL, 22],
    [6, SOURCE, 3389],
    [6, LOCAL, 3389],
  ])
})

test('asks again by TCP if there is no answer', async () => {
  const { answers, segments } = await askBoth(
    () => [],
    (one) => (one.source === LOCAL ? [accept(one, 0x12)] : []),
    [target(5)],
  )
  expect(answers[0]?.slice(1)).toEqual([
    ['TCP port 22', 'none', 'own'],
    ['TCP port 3389', 'none', 'own'],
  ])
  expect(segments.map(({ source }) => source)).toEqual([SOURCE, LOCAL, SOURCE, LOCAL, SOURCE, SOURCE])
})

test.each<[string, (sent: Sent) => Arrival[], string]>([
  ["on another VM's tap", (sent) => [accept(sent, 0x12, { ifindex: 6 })], 'elsewhere'],
  ['from another address', (sent) => [accept(sent, 0x12, { source: target(6).address })], 'elsewhere'],
  [
    'with a guessed number',
    (sent) => [
      accept({ ...sent, message: Uint8Array.from(sent.message, (byte, at) => (at === 7 ? byte ^ 1 : byte)) }, 0x12),
    ],
    'none',
  ],
  ['without the flags of an answer', (sent) => [accept(sent, 0x10)], 'none'],
])('an answer to TCP %s does not count', async (_, forge, expected) => {
  const { answers } = await askBoth(() => [], forge, [target(5)])
  expect(answers[0]?.slice(1)).toEqual([
    ['TCP port 22', expected, expected],
    ['TCP port 3389', expected, expected],
  ])
})

test('silence counts only on a socket that has lost no packets', async () => {
  const { answers } = await askBoth(
    () => [],
    () => [],
    [target(5)],
    3,
  )
  expect(answers[0]).toEqual([
    ['echo requests', 'none', 'none'],
    ['TCP port 22', 'lost', 'lost'],
    ['TCP port 3389', 'lost', 'lost'],
  ])
})
