/**
 * An ICMPv6 echo request (RFC 4443, 4.1); the kernel writes the checksum. `token` is 32 hexadecimal digits that nobody
 * can guess, so that only a receiver of the request can answer.
 */
export function encodeEchoRequest(identifier: number, token: string): Uint8Array {
  const message = new Uint8Array(HEADER + TOKEN)
  const data = new DataView(message.buffer)
  data.setUint8(0, ECHO_REQUEST)
  data.setUint16(4, identifier)
  message.set(Buffer.from(token, 'hex'), HEADER)
  return message
}

/** The token of an echo reply; null if the message is not a reply to a request with this identifier. */
export function readEchoReply(message: Uint8Array, identifier: number): string | null {
  if (message.length !== HEADER + TOKEN) return null
  const data = new DataView(message.buffer, message.byteOffset, message.length)
  if (data.getUint16(0) !== ECHO_REPLY << 8 || data.getUint16(4) !== identifier || data.getUint16(6) !== 0) return null
  return Buffer.from(message.subarray(HEADER)).toString('hex')
}

const HEADER = 8
const TOKEN = 16
const ECHO_REQUEST = 128
const ECHO_REPLY = 129
