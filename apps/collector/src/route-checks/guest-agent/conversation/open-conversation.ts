import { randomInt } from 'node:crypto'
import { closeSync } from 'node:fs'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { codeOf, toError } from '@slashzero/contract/report'
import { systemSleep } from '../../../clock.ts'
import { O_PATH, walkConfined } from '../../../io/walk-confined.ts'
import { splitRoot } from './split-root.ts'

const MAX_BYTES = 1024 * 1024
const SENTINEL = 0xff

/** A synchronised conversation with one guest agent. */
export type Conversation = {
  /**
   * Runs one command. Out: the value that the command returns. Rejects with `RefusedCommand` if the agent answers with
   * an error.
   */
  readonly execute: (command: string, args?: Record<string, unknown>) => Promise<unknown>
  /** Waits, but not beyond the deadline. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/** The agent answered a command with an error. */
export class RefusedCommand extends Error {
  readonly commandMissing: boolean

  constructor(command: string, errorClass: string, description: string) {
    super(`the agent refuses ${command}: ${description.slice(0, 200)}`)
    // An agent also answers so if its configuration blocks the command.
    this.commandMissing = errorClass === 'CommandNotFound'
  }
}

/**
 * Connects to a guest agent, synchronises (guest-sync-delimited, docs/interop/qemu-ga-ref), calls `talk`, and hangs up.
 * Rejects with a reason if the agent is unreachable, invalid, beyond 1 MiB, or silent until `deadline` aborts.
 */
export async function openConversation<Result>(
  path: string,
  deadline: AbortSignal,
  talk: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const place = await locate(path, deadline).catch((error: unknown) => {
    throw describe(error)
  })
  const socket = createConnection({ path: place.path })
  const doing = { what: 'connecting to the agent' }
  const hangUp = () => socket.destroy(new Error(`no answer in time while ${doing.what}`))
  deadline.addEventListener('abort', hangUp, { once: true })
  // The next read throws the error. Errors after the last read do not matter.
  socket.on('error', () => undefined)
  try {
    const read = createReader(socket)
    await synchronise(socket, read, doing)
    return await talk({
      async execute(command, args) {
        doing.what = `running ${command}`
        socket.write(`${JSON.stringify({ execute: command, ...(args === undefined ? {} : { arguments: args }) })}\n`)
        return readAnswer(await read(0x0a), command)
      },
      // The deadline ends the pause, and then the next command gives the reason.
      pause: (milliseconds) => systemSleep(milliseconds, deadline),
    })
  } catch (error) {
    throw describe(error)
  } finally {
    deadline.removeEventListener('abort', hangUp)
    socket.destroy()
    place.close()
  }
}

/**
 * Where to connect. In the file system of a container, no link leads outside, and the path may be longer than the
 * address of a unix socket.
 */
async function locate(path: string, deadline: AbortSignal): Promise<{ path: string; close: () => void }> {
  const { root, inside } = splitRoot(path)
  if (root === null) return { path, close: () => undefined }
  const opened = walkConfined(root, inside, O_PATH)
  const late = new Promise<null>((resolve) => deadline.addEventListener('abort', () => resolve(null), { once: true }))
  const descriptor = await Promise.race([opened, late])
  if (descriptor !== null) return { path: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) }
  void opened.then(closeSync, () => undefined)
  throw new Error("no answer in time from the file system of the agent's socket")
}

/**
 * Synchronises both sides. The first 0xff ends a half command of an earlier client. Answers to an earlier client come
 * before the agent's 0xff, or have another id.
 */
async function synchronise(socket: Socket, read: Reader, doing: { what: string }): Promise<void> {
  const id = randomInt(1, 2 ** 31)
  doing.what = 'waiting for the agent: the agent does not run or hangs, or another client holds its socket'
  socket.write(Buffer.from([SENTINEL]))
  socket.write(`${JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } })}\n`)
  for (;;) {
    await read(SENTINEL)
    const answer = parse(await read(0x0a))
    if (isRecord(answer) && answer['return'] === id) return
  }
}

/** The value that a command returned, from the agent's answer. Throws `RefusedCommand` if the answer is an error. */
export function readAnswer(line: Buffer, command: string): unknown {
  const answer = parse(line)
  if (!isRecord(answer)) throw new Error(`the agent's answer to ${command} is not a JSON object`)
  if ('return' in answer) return answer['return']
  const { error } = answer
  if (!isRecord(error)) throw new Error(`the agent's answer to ${command} has neither "return" nor "error"`)
  throw new RefusedCommand(command, String(error['class']), String(error['desc']))
}

/** Returns the bytes before the next `end`. */
type Reader = (end: number) => Promise<Buffer>

function createReader(socket: Socket): Reader {
  const chunks = socket[Symbol.asyncIterator]()
  let buffered: Buffer = Buffer.alloc(0)
  let received = 0
  return async (end) => {
    const parts: Buffer[] = []
    for (;;) {
      const at = buffered.indexOf(end)
      if (at !== -1) {
        parts.push(buffered.subarray(0, at))
        buffered = buffered.subarray(at + 1)
        return Buffer.concat(parts)
      }
      parts.push(buffered)
      const next = await chunks.next()
      if (next.done === true) throw new Error('the agent hung up in the middle of an answer')
      buffered = Buffer.from(next.value)
      received += buffered.length
      if (received > MAX_BYTES) throw new Error(`the agent sent more than ${MAX_BYTES} bytes`)
    }
  }
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return null
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(error: unknown): Error {
  switch (codeOf(error)) {
    case 'ENOENT':
      return new Error("the agent's socket does not exist")
    case 'ECONNREFUSED':
      return new Error("nobody listens on the agent's socket")
    case 'EACCES':
    case 'EPERM':
      return new Error("the collector may not open the agent's socket: give its user access to it")
    case 'EAGAIN':
      return new Error("the queue for the agent's socket is full: its QEMU hangs, or another client holds it")
    case undefined:
    default:
      return toError(error)
  }
}

export const HELD_REASON =
  "another client, such as libvirt, holds the agent's socket, which accepts one client at a time"
