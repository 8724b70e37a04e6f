import { lineAt, ShapeError } from '../text/shape-error.ts'

/** One multicast group on one interface. `users` counts the joins: the kernel's own and every socket's. */
export type MulticastGroup = {
  ifindex: number
  /** Byte text. */
  interfaceName: string
  /** 32 lower-case hexadecimal digits. */
  group: string
  users: number
}

/** ff02::2, all routers on the link, as `/proc/net/igmp6` writes it. */
export const ALL_ROUTERS = 'ff020000000000000000000000000002'

/**
 * Parses `/proc/net/igmp6` (net/ipv6/mcast.c, igmp6_mc_seq_show), byte text.
 * Columns: ifindex (decimal), name, group (hexadecimal), users (decimal), flags (hexadecimal), timer (decimal).
 * Groups of deleted interfaces are not in it. Throws ShapeError.
 */
export function parseIgmp6(text: string, file = '/proc/net/igmp6'): MulticastGroup[] {
  const groups: MulticastGroup[] = []
  row.lastIndex = 0
  while (row.lastIndex < text.length) {
    const start = row.lastIndex
    const columns = row.exec(text)
    if (columns === null) throw malformed(text, start, file)
    const [, ifindex = '', interfaceName = '', group = '', users = ''] = columns
    groups.push({ ifindex: Number(ifindex), interfaceName, group, users: Number(users) })
  }
  return groups
}

const row = /(\d+) +([^ \t\n]+) +([0-9a-f]{32}) +(\d+) +[0-9A-F]+ +-?\d+\n/y

function malformed(text: string, start: number, file: string): ShapeError {
  const line = text.slice(start).split('\n', 1)[0] ?? ''
  return new ShapeError(file, lineAt(text, start + 1), 'ifindex, name, group, users, flags and timer', line)
}
