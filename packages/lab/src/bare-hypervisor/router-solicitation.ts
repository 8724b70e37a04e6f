import { IPPROTO_ICMPV6 } from '@slashzero/linux/uapi'

/**
 * An Ethernet frame with a Router Solicitation to ff02::2 (RFC 4861, section 4.1). From no address, so that the answer
 * goes to all nodes: one to a neighbour that never answers would be counted and not sent.
 */
export function routerSolicitation(): Uint8Array {
  const source = zeros(16)
  const destination = [0xff, 0x02, ...zeros(13), 0x02]
  const message = [133, 0, 0, 0, 0, 0, 0, 0]
  const checksum = sum([...source, ...destination, 0, 0, 0, message.length, 0, 0, 0, IPPROTO_ICMPV6, ...message])
  message[2] = checksum >> 8
  message[3] = checksum & 0xff
  const header = [0x60, 0, 0, 0, 0, message.length, IPPROTO_ICMPV6, 255, ...source, ...destination]
  return Uint8Array.from([0x33, 0x33, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 0x99, 0x86, 0xdd, ...header, ...message])
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}

/** The Internet checksum (RFC 1071) of an even number of bytes. */
function sum(bytes: number[]): number {
  let total = 0
  for (let at = 0; at < bytes.length; at += 2) total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  while (total > 0xffff) total = (total & 0xffff) + (total >> 16)
  return ~total & 0xffff
}
