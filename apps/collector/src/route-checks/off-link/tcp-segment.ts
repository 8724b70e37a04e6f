/**
 * A SYN (RFC 9293, 3.1) without options; the kernel writes the checksum. `sequence` is a number that nobody can guess.
 */
export function encodeSyn(from: number, to: number, sequence: number): Uint8Array {
  const segment = new Uint8Array(HEADER)
  const data = new DataView(segment.buffer)
  data.setUint16(0, from)
  data.setUint16(2, to)
  data.setUint32(4, sequence)
  data.setUint16(12, (WORDS << 12) | SYN)
  data.setUint16(14, WINDOW)
  return segment
}

/** The port and the sequence number of the SYN that a segment accepts or refuses; null for any other segment. */
export function readSynAnswer(segment: Uint8Array, port: number): { port: number; sequence: number } | null {
  if (segment.length < HEADER) return null
  const data = new DataView(segment.buffer, segment.byteOffset, segment.length)
  const flags = data.getUint16(12)
  if (data.getUint16(2) !== port || (flags & ACK) === 0 || (flags & (SYN | RST)) === 0) return null
  return { port: data.getUint16(0), sequence: (data.getUint32(8) - 1) >>> 0 }
}

const HEADER = 20
const WORDS = 5
const WINDOW = 1024
const SYN = 0x02
const RST = 0x04
const ACK = 0x10
