import { createConnection } from 'node:net'
import { codeOf, toError } from '@slashzero/contract/report'
import { AUTH_LIST, AUTH_POLKIT, CONNECT_CLOSE, CONNECT_OPEN, encodeCall, readLength, readReply } from './message.ts'
import type { Procedure, Reader, Value } from './message.ts'

/** libvirt answered a call with an error. */
export class LibvirtRefusal extends Error {
  /** virErrorNumber (libvirt: include/libvirt/virterror.h). */
  readonly code: number

  constructor({ code, message }: { code: number; message: string }) {
    super(message)
    this.code = code
  }
}

/** libvirt refuses every call of this user. */
export class NoAccess extends Error {}

/** A connection to `qemu:///system` with one call at a time. */
export type Connection = {
  /** After a LibvirtRefusal the connection is still usable. After any other error it is closed. */
  readonly call: (procedure: Procedure, args: readonly Value[]) => Promise<Reader>
  /** Ends the connection and the call under way. */
  readonly hangUp: (reason: Error) => void
  /** Says goodbye to libvirt, so that libvirt logs no error. */
  readonly close: () => void
  readonly isUsable: () => boolean
}

/** Connects to libvirt's socket. The first call logs in. */
export function openConnection(path: string): Connection {
  const socket = createConnection({ path })
  // The next read throws the error. Errors after the last read do not matter.
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
    const kinds = new Set(Array.from({ length: Math.min(offered.unsigned(), MAX_KINDS) }, offered.unsigned))
    if (kinds.has(WITH_POLKIT)) await exchange(AUTH_POLKIT, [])
    else if (!kinds.has(WITHOUT)) throw new NoAccess('libvirt asks for a password, and the collector has none')
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
      if (wanted !== null && wanted > MAX_MESSAGE_BYTES)
        throw new Error(`libvirt sent more than ${MAX_MESSAGE_BYTES} bytes`)
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
      return toError(error)
  }
}

/** The advice in every reason that access to libvirt can remove. */
export const MEMBER = "make the collector's user a member of the group libvirt"
const MAX_MESSAGE_BYTES = 1024 * 1024
const LEAVE_MILLISECONDS = 1000
/** enum remote_auth_type */
const WITHOUT = 0
const WITH_POLKIT = 2
const MAX_KINDS = 20
