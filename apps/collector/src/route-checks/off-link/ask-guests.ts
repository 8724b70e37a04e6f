import type { Clock, Sleep } from '../../clock.ts'
import { SystemError } from '../../io/kernel.ts'
import type { Target } from './find-targets.ts'
import type { Answer, Asked } from './judge-answers.ts'
import type { Way } from './ways.ts'

/** A VM to ask. `interfaces` are the interfaces by which its own answers come. */
export type Question = { targets: readonly Target[]; interfaces: ReadonlySet<number> }

export type Asking = { source: string; deadlineMilliseconds: number; clock: Pick<Clock, 'monotonic'>; sleep: Sleep }

/**
 * Asks many VMs at once, one way after another, until all answered off-link or the deadline. Out: answers in the order
 * given. An answer counts if it has the VM's own token, the address asked, and arrives by an interface of the VM.
 */
export async function askGuests(
  ways: readonly Way[],
  questions: readonly Question[],
  asking: Asking,
): Promise<Asked[][]> {
  const { source, deadlineMilliseconds, clock, sleep } = asking
  const began = clock.monotonic()
  const lines = ways.map((way): Line => ({ way, requests: new Map() }))
  const asked = questions.map((question) => ({ question, pairs: new Array<Pair>() }))
  const listSilent = () => asked.filter(({ pairs }) => !pairs.some(({ offLink }) => offLink.answer === 'own'))
  for (let part = 1; part <= PARTS && listSilent().length > 0; part += 1) {
    const line = lines[part - 1]
    if (line !== undefined) {
      for (const { question, pairs } of listSilent()) pairs.push(...prepare(question, line, source))
    }
    await sendSilent(lines)
    while (listSilent().length > 0 && clock.monotonic() - began < (deadlineMilliseconds * part) / PARTS) {
      await sleep(POLL_MILLISECONDS)
      for (const one of lines) collect(one)
    }
  }
  // After a long halt of this process, answers may wait in the sockets although the deadline has passed.
  for (const line of lines) {
    collect(line)
    markLost(line)
  }
  return asked.map(({ pairs }) =>
    pairs.map(({ target, by, offLink, onLink }) => ({
      target,
      by,
      offLink: offLink.answer,
      onLink: onLink?.answer ?? null,
    })),
  )
}

type Request = {
  message: Uint8Array
  target: Target
  source: string
  interfaces: ReadonlySet<number>
  answer: Answer
  times: number
}
type Line = { way: Way; requests: Map<string, Request> }
type Pair = { target: Target; by: string; offLink: Request; onLink: Request | null }

function prepare({ targets, interfaces }: Question, { way, requests }: Line, source: string): Pair[] {
  return targets.flatMap((target) =>
    way.kinds.map(({ name, draw }): Pair => {
      const request = (from: string): Request => {
        const { token, message } = draw()
        const one: Request = { message, target, source: from, interfaces, answer: 'none', times: 0 }
        requests.set(token, one)
        return one
      }
      return {
        target,
        by: name,
        offLink: request(source),
        onLink: target.onLinkSource === null ? null : request(target.onLinkSource),
      }
    }),
  )
}

/** Sends each request without an answer, at most twice, because one lost packet must not look like a lost route. */
async function sendSilent(lines: readonly Line[]): Promise<void> {
  for (const line of lines) {
    const silent = [...line.requests.values()].filter(({ answer, times }) => answer === 'none' && times < 2)
    for (const [index, request] of silent.entries()) {
      const { message, target, source } = request
      request.times += 1
      try {
        line.way.socket.send(message, target.address, { source, ifindex: target.ifindex })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        request.answer = { unsent: error.message }
      }
      if (index % AT_ONCE === AT_ONCE - 1) {
        await new Promise(setImmediate)
        collect(line)
      }
    }
  }
}

function collect({ way, requests }: Line): void {
  for (const { message, source, ifindex } of way.socket.receive()) {
    const request = requests.get(way.readToken(message) ?? '')
    if (request === undefined || request.answer === 'own') continue
    request.answer = source === request.target.address && request.interfaces.has(ifindex) ? 'own' : 'elsewhere'
  }
}

/**
 * Marks silent requests as lost if the socket dropped packets: a VM that floods the socket makes other VMs seem silent.
 */
function markLost({ way, requests }: Line): void {
  if (way.socket.countLost() === 0) return
  for (const request of requests.values()) if (request.answer === 'none') request.answer = 'lost'
}

/** The deadline has three parts, so that each of two ways has time for its second request. */
const PARTS = 3
const POLL_MILLISECONDS = 10
/** Requests between two reads of the socket, so that its buffer does not overflow. */
const AT_ONCE = 64
