/**
 * A procedure of libvirt's protocol: program and number (libvirt: src/remote/remote_protocol.x and qemu_protocol.x).
 */
export type Procedure = { readonly program: number; readonly number: number }

const REMOTE = 0x2000_8086
const QEMU = 0x2000_8087

export const AUTH_LIST: Procedure = { program: REMOTE, number: 66 }
export const AUTH_POLKIT: Procedure = { program: REMOTE, number: 70 }
export const CONNECT_OPEN: Procedure = { program: REMOTE, number: 1 }
export const CONNECT_CLOSE: Procedure = { program: REMOTE, number: 2 }
export const DOMAIN_AGENT_COMMAND: Procedure = { program: QEMU, number: 3 }

/** A value in XDR (RFC 4506), only the kinds that calls need. `optional` is a pointer that is not null. */
export type Value =
  | { unsigned: number }
  | { int: number }
  | { text: string }
  | { optional: string }
  | { opaque: Uint8Array }

/** A call as it goes to libvirt's socket (src/rpc/virnetprotocol.x): length, header, arguments. */
export function encodeCall({ program, number }: Procedure, serial: number, args: readonly Value[]): Uint8Array {
  const header: Value[] = [program, VERSION, number, CALL, serial, OK].map((unsigned) => ({ unsigned }))
  const body = Buffer.concat([...header, ...args].map(encode))
  return Buffer.concat([encode({ unsigned: LENGTH + body.length }), body])
}

/**
 * The length of the message at the start of `bytes`, with its own four bytes; null if fewer than four bytes are there.
 */
export function readLength(bytes: Uint8Array): number | null {
  return bytes.length < LENGTH ? null : viewOf(bytes).getUint32(0)
}

/**
 * Reads one message: the answer to the call with this serial, the refusal of the call, or null for any other message.
 */
export function readReply(
  message: Uint8Array,
  serial: number,
): { result: Reader } | { code: number; message: string } | null {
  const reader = createReader(message.subarray(LENGTH))
  reader.skip(12)
  const [type, answered, status] = [reader.unsigned(), reader.unsigned(), reader.unsigned()]
  if (type !== REPLY || answered !== serial) return null
  if (status === OK) return { result: reader }
  // virNetMessageError: code, domain, message; the other fields repeat the message.
  const code = reader.unsigned()
  reader.skip(4)
  return { code, message: reader.optional() ?? 'no reason was given' }
}

export type Reader = {
  readonly skip: (length: number) => void
  readonly unsigned: () => number
  readonly text: () => string
  readonly optional: () => string | null
}

/** Reads XDR from the start of `bytes`; throws if the bytes end before the announced length. */
function createReader(bytes: Uint8Array): Reader {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new Error("libvirt's answer is cut off")
    at += length
    return bytes.subarray(at - length, at)
  }
  const unsigned = (): number => viewOf(take(4)).getUint32(0)
  const text = (): string => {
    const length = unsigned()
    const read = Buffer.from(take(length)).toString('utf8')
    take(padding(length))
    return read
  }
  return { skip: (length) => void take(length), unsigned, text, optional: () => (unsigned() === 0 ? null : text()) }
}

function encode(value: Value): Uint8Array {
  if ('text' in value) {
    const bytes = Buffer.from(value.text)
    return Buffer.concat([encode({ unsigned: bytes.length }), bytes, Buffer.alloc(padding(bytes.length))])
  }
  if ('optional' in value) return Buffer.concat([encode({ unsigned: 1 }), encode({ text: value.optional })])
  if ('opaque' in value) return value.opaque
  const word = Buffer.alloc(4)
  if ('int' in value) word.writeInt32BE(value.int)
  else word.writeUInt32BE(value.unsigned)
  return word
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

const LENGTH = 4
const VERSION = 1
const CALL = 0
const REPLY = 1
const OK = 0
