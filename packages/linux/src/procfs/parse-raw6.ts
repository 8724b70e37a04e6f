import { ShapeError } from '../text/shape-error.ts'

/** One raw IPv6 socket of the namespace. */
export type RawSocket = {
  /** The socket's IP protocol. Other tables have the local port in this place. */
  protocol: number
  uid: number
  /** The inode on sockfs, as in `/proc/PID/fd` links. */
  inode: number
  /** Messages that the socket lost because its receive buffer was full (sk_drops). */
  receiveDrops: number
}

/**
 * Parses `/proc/net/raw6` (net/ipv6/raw.c and datagram.c, __ip6_dgram_sock_seq_show).
 * The protocol is hexadecimal (003A is ICMPv6); uid and inode are decimal. Throws ShapeError.
 */
export function parseRaw6(text: string, file = '/proc/net/raw6'): RawSocket[] {
  const lines = text.split('\n')
  if (!/^ +sl +local_address .* inode /.test(lines[0] ?? '')) {
    throw new ShapeError(file, 1, 'the heading with sl, local_address and inode', lines[0] ?? '')
  }
  if (lines.pop() !== '') throw new ShapeError(file, lines.length + 1, 'a final newline', text.slice(-40))
  return lines.slice(1).map((line, index) => {
    const columns = row.exec(line)
    if (columns === null) throw new ShapeError(file, index + 2, 'a raw socket with 13 columns', line)
    const [, protocol = '', uid = '', inode = '', drops = ''] = columns
    return {
      protocol: Number.parseInt(protocol, 16),
      uid: Number(uid),
      inode: Number(inode),
      receiveDrops: Number(drops),
    }
  })
}

/**
 * sl, addresses with protocol and port, state, queues, timer, retransmits, uid, timeout, inode, references, pointer,
 * drops.
 */
const row = new RegExp(
  String.raw`^ *\d+: [0-9A-F]{32}:([0-9A-F]{4}) [0-9A-F]{32}:[0-9A-F]{4} [0-9A-F]{2} [0-9A-F]+:[0-9A-F]+ ` +
    String.raw`[0-9A-F]+:[0-9A-F]+ [0-9A-F]+ +(\d+) +\d+ (\d+) \d+ \S+ (\d+) *$`,
)
