import { ShapeError } from '../text/shape-error.ts'
import { view } from '../text/view.ts'
import { NLA_TYPE_MASK, NLMSG_DONE, NLMSG_ERROR, NLM_F_DUMP_INTR } from '../uapi.ts'

export type NetlinkMessage = { type: number; flags: number; payload: Uint8Array }

/** The kernel answered with an error instead of data. `errno` is positive. */
export class NetlinkError extends Error {
  override name = 'NetlinkError'
  readonly errno: number

  constructor(source: string, errno: number) {
    super(`${source}: the kernel answered with errno ${errno}`)
    this.errno = errno
  }
}

/** The part of a dump read so far. `done`: its end was seen. `interrupted`: the kernel's list changed meanwhile. */
export type DumpPart = { messages: NetlinkMessage[]; done: boolean; interrupted: boolean }

/**
 * Splits one datagram of a netlink dump (include/uapi/linux/netlink.h, struct nlmsghdr; little endian). Throws
 * NetlinkError for NLMSG_ERROR and for an NLMSG_DONE that carries an error, ShapeError for a malformed header.
 */
export function readDump(bytes: Uint8Array, source: string): DumpPart {
  const part: DumpPart = { messages: [], done: false, interrupted: false }
  for (const message of readMessages(bytes, source)) {
    if ((message.flags & NLM_F_DUMP_INTR) !== 0) part.interrupted = true
    if (message.type !== NLMSG_ERROR && message.type !== NLMSG_DONE) {
      part.messages.push(message)
      continue
    }
    const errno = message.payload.length >= 4 ? -view(message.payload).getInt32(0, true) : 0
    if (errno > 0) throw new NetlinkError(source, errno)
    part.done = true
  }
  return part
}

/** All messages of one datagram, `NLMSG_DONE` and `NLMSG_ERROR` included. Throws ShapeError. */
export function readMessages(bytes: Uint8Array, source: string): NetlinkMessage[] {
  const data = view(bytes)
  const messages: NetlinkMessage[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= HEADER ? data.getUint32(at, true) : 0
    if (length < HEADER || at + length > bytes.length) {
      throw new ShapeError(
        source,
        at,
        'a netlink message within the datagram',
        `a length of ${length} in ${bytes.length - at} bytes`,
      )
    }
    messages.push({
      type: data.getUint16(at + 4, true),
      flags: data.getUint16(at + 6, true),
      payload: bytes.subarray(at + HEADER, at + length),
    })
    at += align(length)
  }
  return messages
}

/** The first attribute (struct nlattr) of a type in `bytes` from `start`; undefined if absent. Throws ShapeError. */
export function findAttribute(bytes: Uint8Array, start: number, type: number, source: string): Uint8Array | undefined {
  const at = locateAttribute(bytes, start, bytes.length, type, source)
  return at === -1 ? undefined : bytes.subarray(at + ATTRIBUTE, at + readU16(bytes, at))
}

/** Start of the first attribute of a type in `bytes` between `start` and `end`; -1 if absent. Throws ShapeError. */
export function locateAttribute(bytes: Uint8Array, start: number, end: number, type: number, source: string): number {
  for (let at = start; at < end; at += align(readU16(bytes, at))) {
    checkAttribute(bytes, at, end, source)
    if ((readU16(bytes, at + 2) & NLA_TYPE_MASK) === type) return at
  }
  return -1
}

/**
 * Writes the starts of the first attributes between `start` and `end` into `places`, by type; -1 if absent. Creates no
 * objects. Throws ShapeError.
 */
export function locateAttributes(
  bytes: Uint8Array,
  start: number,
  end: number,
  places: Int32Array,
  source: string,
): void {
  places.fill(-1)
  for (let at = start; at < end; at += align(readU16(bytes, at))) {
    checkAttribute(bytes, at, end, source)
    const type = readU16(bytes, at + 2) & NLA_TYPE_MASK
    if (places[type] === -1) places[type] = at
  }
}

function checkAttribute(bytes: Uint8Array, at: number, end: number, source: string): void {
  const length = end - at >= ATTRIBUTE ? readU16(bytes, at) : 0
  if (length >= ATTRIBUTE && at + length <= end) return
  const found = `a length of ${length} in ${end - at} bytes`
  throw new ShapeError(source, at, 'a netlink attribute within its message', found)
}

/** A request: header, then `payload`. */
export function encodeRequest(type: number, flags: number, sequence: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length)
  const data = view(bytes)
  data.setUint32(0, bytes.length, true)
  data.setUint16(4, type, true)
  data.setUint16(6, flags, true)
  data.setUint32(8, sequence, true)
  bytes.set(payload, HEADER)
  return bytes
}

/** NLM_F_REQUEST | NLM_F_DUMP */
export const DUMP_REQUEST = 0x301

const HEADER = 16
/** Size of struct nlattr: two bytes of length, which includes these four bytes, and two bytes of type. */
export const ATTRIBUTE = 4

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

/** Exact below 2^53. */
export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * 2 ** 32
}

export function readU32(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) + readU16(bytes, at + 2) * 2 ** 16
}

function align(length: number): number {
  return (length + 3) & ~3
}
