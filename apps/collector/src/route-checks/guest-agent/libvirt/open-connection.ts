import { createConnection } from 'node:net'
import { codeOf, messageOf } from '@slashzero/contract/report'
import { AUTH_LIST, AUTH_POLKIT, CONNECT_CLOSE, CONNECT_OPEN, encodeCall, readLength, readReply } from './message.ts'
import type { Procedure, Reader, Value } from './message.ts'

/** libvirt answered, but not with what was asked for. */
export class LibvirtRefusal extends Error {
  /** virErrorNumber (libvirt: include/libvirt/virterror.h). */
  readonly code: number

  constructor({ code, message }: { code: number; message: string }) {
    super(message)
    this.code = code
  }
}

/** libvirt does not let this user in, whatever it asks. */
export class NoAccess extends Error {}

/** A connection that is open as `qemu:///system`, on which one call is under way at a time. */
export type Connection = {
  /** Rejects with a LibvirtRefusal, after which the connection is as good as before; with any other error it is of no use any more. */
  readonly call: (procedure: Procedure, args: readonly Value[]) => Promise<Reader>
  /** Ends whatever is under way. */
  readonly hangUp: (reason: Error) => void
  /** Takes leave, so that libvirt logs no error. */
  readonly close: () => void
  readonly isUsable: () => boolean
}

/** Connects to libvirt's socket; nothing is said before the first call, which logs in first. */
export function openConnection(path: string): Connection {
  const socket = createConnection({ path })
  // Errors are thrown where the socket is read; one that comes after the last read concerns nobody.
  socket.on('error', () => undefined)
  const read = createMessageReader(socket[Symbol.asyncIterator]())
  let serial = 0
  let open = false

  async function exchange(procedure: Procedure, args: readonly Value[]): Promise<Reader> {
    serial += 1
    socket.write(encodeCall(procedure, serial, args))
    for (;;) {
      const reply = readReply(await read(), serial)
      if (reply === null) continue
      if ('result' in reply) return reply.result
      throw new LibvirtRefusal(reply)
    }
  }

  async function logIn(): Promise<void> {
    const offered = await exchange(AUTH_LIST, [])
    const kinds = new Set(Array.from({ length: Math.min(offered.unsigned(), MOST_KINDS) }, offered.unsigned))
    if (kinds.has(WITH_POLKIT)) await exchange(AUTH_POLKIT, [])
    else if (!kinds.has(WITHOUT)) throw new NoAccess('libvirt wants a password, which the collector has not')
    await exchange(CONNECT_OPEN, [{ optional: 'qemu:///system' }, { unsigned: 0 }])
    open = true
  }

  return {
    async call(procedure, args) {
      try {
        if (!open) {
          await logIn().catch((error: unknown) => {
            throw error instanceof LibvirtRefusal
              ? new NoAccess(`libvirt refuses the collector: ${error.message}; ${MEMBER}`)
              : error
          })
        }
        return await exchange(procedure, args)
      } catch (error) {
        if (!(error instanceof LibvirtRefusal)) socket.destroy()
        throw describe(error)
      }
    },
    hangUp: (reason) => void socket.destroy(reason),
    close: () => {
      socket.setTimeout(LEAVE_MILLISECONDS, () => socket.destroy())
      // libvirt closes its end once it has answered.
      void exchange(CONNECT_CLOSE, [])
        .then(read)
        .catch(() => undefined)
        .finally(() => socket.destroy())
    },
    isUsable: () => open && !socket.destroyed,
  }
}

function createMessageReader(chunks: AsyncIterator<Buffer>): () => Promise<Uint8Array> {
  let buffered: Buffer = Buffer.alloc(0)
  return async () => {
    const parts = [buffered]
    let size = buffered.length
    let wanted = readLength(buffered)
    while (wanted === null || size < wanted) {
      const next = await chunks.next()
      if (next.done === true) throw new Error('libvirt hung up in the middle of an answer')
      parts.push(next.value)
      size += next.value.length
      wanted ??= readLength(Buffer.concat(parts))
      if (wanted !== null && wanted > LARGEST_MESSAGE)
        throw new Error(`libvirt says more than ${LARGEST_MESSAGE} bytes`)
    }
    const bytes = Buffer.concat(parts)
    buffered = bytes.subarray(wanted)
    return bytes.subarray(0, wanted)
  }
}

function describe(error: unknown): Error {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return new NoAccess(`the collector may not use libvirt's socket: ${MEMBER}`)
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new Error("nobody listens on libvirt's socket")
    case undefined:
    default:
      return error instanceof Error ? error : new Error(messageOf(error))
  }
}

/** What turns a refusal into access; every reason that is one says so. */
export const MEMBER = 'make its user a member of the group libvirt'
const LARGEST_MESSAGE = 1024 * 1024
const LEAVE_MILLISECONDS = 1000
/** enum remote_auth_type */
const WITHOUT = 0
const WITH_POLKIT = 2
const MOST_KINDS = 20
