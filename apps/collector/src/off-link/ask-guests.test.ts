import { expect, test } from 'vitest'
import { SystemError } from '../io/kernel.ts'
import type { EchoArrival, EchoSocket } from '../io/off-link-network.ts'
import { askGuests } from './ask-guests.ts'
import type { Target } from './find-targets.ts'

const SOURCE = '20010db8ffff00000000000000000001'
const LOCAL = 'fe800000000000000000000000000001'

type Sent = { message: Uint8Array; to: string; source: string; ifindex: number }

/** A socket on which `answer` says what comes back to what was sent. */
function fakeSocket(answer: (sent: Sent) => EchoArrival[]): { socket: EchoSocket; sent: Sent[] } {
  const sent: Sent[] = []
  let arrived: EchoArrival[] = []
  const socket: EchoSocket = {
    send: (message, to, from) => {
      const one = { message, to, ...from }
      sent.push(one)
      arrived.push(...answer(one))
    },
    receive: () => arrived.splice(0),
    close: () => void (arrived = []),
  }
  return { socket, sent }
}

function reply({ message, to, ifindex }: Sent, more: Partial<EchoArrival> = {}): EchoArrival {
  const bytes = Uint8Array.from(message)
  bytes[0] = 129
  return { message: bytes, source: to, ifindex, ...more }
}

function target(number: number, more: Partial<Target> = {}): Target {
  return { address: `20010db80001${String(number).padStart(20, '0')}`, ifindex: number, onLinkSource: LOCAL, routed: true, ...more }
}

async function ask(answer: (sent: Sent) => EchoArrival[], targets: Target[]) {
  const { socket, sent } = fakeSocket(answer)
  const questions = targets.map((one) => ({ targets: [one], interfaces: new Set([one.ifindex]) }))
  const asking = { source: SOURCE, deadlineMilliseconds: 60, monotonic: () => performance.now() }
  const answers = await askGuests(socket, questions, asking)
  return { answers: answers.map(([one]) => [one?.offLink, one?.onLink]), sent }
}

test('each VM is asked off-link and on-link, and its own answers count', async () => {
  const { answers, sent } = await ask((one) => [reply(one)], [target(5), target(6)])
  expect(answers).toEqual([['own', 'own'], ['own', 'own']])
  expect(sent.map(({ source, ifindex }) => [source, ifindex])).toEqual([[SOURCE, 5], [LOCAL, 5], [SOURCE, 6], [LOCAL, 6]])
  expect(new Set(sent.map(({ message }) => Buffer.from(message.subarray(8)).toString('hex'))).size).toBe(4)
})

test('silence off-link is asked once more before the deadline', async () => {
  const { answers, sent } = await ask((one) => (one.source === LOCAL ? [reply(one)] : []), [target(5)])
  expect(answers).toEqual([['none', 'own']])
  expect(sent.map(({ source }) => source)).toEqual([SOURCE, LOCAL, SOURCE])
})

test('one lost packet is no lost route', async () => {
  let times = 0
  const { answers } = await ask((one) => (one.source === SOURCE && (times += 1) === 1 ? [] : [reply(one)]), [target(5)])
  expect(answers).toEqual([['own', 'own']])
})

test.each<[string, (sent: Sent) => EchoArrival[], string]>([
  ["on another VM's tap", (sent) => [reply(sent, { ifindex: 6 })], 'elsewhere'],
  ['from another address', (sent) => [reply(sent, { source: target(6).address })], 'elsewhere'],
  ['with a guessed token', (sent) => [reply({ ...sent, message: Uint8Array.from(sent.message).fill(7, 8) })], 'none'],
  ['with another identifier', (sent) => [reply({ ...sent, message: Uint8Array.from(sent.message, (byte, at) => (at === 5 ? byte ^ 1 : byte)) })], 'none'],
  ['as the request itself', (sent) => [{ ...reply(sent), message: sent.message }], 'none'],
  ['cut short', (sent) => [{ ...reply(sent), message: reply(sent).message.subarray(0, 20) }], 'none'],
  ['with nothing in it', (sent) => [{ ...reply(sent), message: new Uint8Array() }], 'none'],
])('a reply %s does not count', async (_, forge, expected) => {
  const { answers } = await ask(forge, [target(5)])
  expect(answers).toEqual([[expected, expected]])
})

test("a VM cannot answer for another with what it was sent itself", async () => {
  const [first, second] = [target(5), target(6)]
  const { answers } = await ask((one) => (one.to === second.address ? [reply(one, { source: first.address, ifindex: 5 })] : []), [first, second])
  expect(answers[0]).toEqual(['none', 'none'])
  expect(answers[1]).toEqual(['elsewhere', 'elsewhere'])
})

test('what the kernel refuses to send is said, and the others are asked', async () => {
  const refuse = (one: Sent) => {
    if (one.ifindex === 5 && one.source === SOURCE) throw new SystemError('sendmsg', 'ENETUNREACH')
    return [reply(one)]
  }
  const { answers } = await ask(refuse, [target(5), target(6)])
  expect(answers).toEqual([[{ unsent: 'sendmsg: ENETUNREACH' }, 'own'], ['own', 'own']])
})

test('an address without a link-local one beside it is asked off-link alone', async () => {
  const { answers } = await ask((one) => [reply(one)], [target(5, { onLinkSource: null })])
  expect(answers).toEqual([['own', null]])
})
