import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EchoSocket } from '../io/off-link-network.ts'
import { SystemError } from '../io/kernel.ts'
import { encodeEchoRequest, readEchoReply } from './echo-message.ts'
import type { Target } from './find-targets.ts'
import type { Answer, Asked } from './judge-answers.ts'

/** A VM to ask; `interfaces` are those by which its own answers come. */
export type Question = { targets: readonly Target[]; interfaces: ReadonlySet<number> }

export type Asking = { source: string; deadlineMilliseconds: number; monotonic: () => number }

/**
 * Asks many VMs at once on one socket and waits until all have answered off-link or the deadline has passed.
 * Out: the answers to each question, in the order given. An answer counts for a VM if it carries the token that this VM alone was
 * sent, comes from the address asked and arrives by an interface of the VM. So no VM can answer for another; for itself, one without a
 * default route can answer as if it had one, with a program that sends the reply to this host's link address.
 */
export async function askGuests(socket: EchoSocket, questions: readonly Question[], asking: Asking): Promise<Asked[][]> {
  const { source, deadlineMilliseconds, monotonic } = asking
  const identifier = randomInt(0x1_0000)
  const requests = new Map<string, Request>()
  const prepare = (target: Target, from: string, { interfaces }: Question): Request => {
    const request: Request = { token: randomBytes(16).toString('hex'), target, source: from, interfaces, answer: 'none' }
    requests.set(request.token, request)
    return request
  }
  const asked = questions.map((question) =>
    question.targets.map((target) => {
      const offLink = prepare(target, source, question)
      const onLink = target.onLinkSource === null ? null : prepare(target, target.onLinkSource, question)
      return { target, offLink, onLink }
    }),
  )
  const settled = (): boolean => asked.every((pairs) => pairs.some(({ offLink }) => offLink.answer === 'own'))
  const began = monotonic()
  await sendAll(socket, [...requests.values()], identifier, () => collect(socket, requests, identifier))
  for (let again = true; !settled() && monotonic() - began < deadlineMilliseconds; ) {
    await sleep(POLL_MILLISECONDS)
    collect(socket, requests, identifier)
    if (again && monotonic() - began > deadlineMilliseconds / 2) {
      again = false
      // One lost packet must not look like a lost route.
      const silent = [...requests.values()].filter(({ answer }) => answer === 'none')
      await sendAll(socket, silent, identifier, () => collect(socket, requests, identifier))
    }
  }
  // After a long halt of this process the answers may lie here, though the deadline has passed.
  collect(socket, requests, identifier)
  return asked.map((pairs) =>
    pairs.map(({ target, offLink, onLink }) => ({ target, offLink: offLink.answer, onLink: onLink?.answer ?? null })),
  )
}

type Request = { token: string; target: Target; source: string; interfaces: ReadonlySet<number>; answer: Answer }

async function sendAll(socket: EchoSocket, requests: readonly Request[], identifier: number, read: () => void): Promise<void> {
  for (const [index, request] of requests.entries()) {
    const { token, target, source } = request
    try {
      socket.send(encodeEchoRequest(identifier, token), target.address, { source, ifindex: target.ifindex })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      request.answer = { unsent: error.message }
    }
    if (index % AT_ONCE === AT_ONCE - 1) {
      await new Promise(setImmediate)
      read()
    }
  }
}

function collect(socket: EchoSocket, requests: ReadonlyMap<string, Request>, identifier: number): void {
  for (const { message, source, ifindex } of socket.receive()) {
    const request = requests.get(readEchoReply(message, identifier) ?? '')
    if (request === undefined || request.answer === 'own') continue
    request.answer = source === request.target.address && request.interfaces.has(ifindex) ? 'own' : 'elsewhere'
  }
}

const POLL_MILLISECONDS = 10
/** Requests between two looks at what has arrived, so that the socket's buffer does not overflow. */
const AT_ONCE = 64
