import { lineAt, ShapeError } from '../text/shape-error.ts'

/** A multicast group on one interface. `users` counts the joins: the kernel's own and every socket's. */
type GroupUsers = {
  ifindex: number
  /** Byte text. */
  interfaceName: string
  users: number
}

/** ff02::2, all routers on the link, as `/proc/net/igmp6` writes it. */
export const ALL_ROUTERS = 'ff020000000000000000000000000002'

/**
 * Finds a group (32 lower-case hex digits) in byte text of `/proc/net/igmp6` (net/ipv6/mcast.c, igmp6_mc_seq_show):
 * ifindex, name, group (hex), users, flags (hex), timer. Groups of deleted interfaces are absent. Throws ShapeError.
 */
export function parseIgmp6(text: string, group: string, file = '/proc/net/igmp6'): GroupUsers[] {
  if (text !== '' && !text.endsWith('\n')) throw malformed(text, text.lastIndexOf('\n') + 1, file)
  const rows: GroupUsers[] = []
  // An interface has some five groups, and one is wanted. No name is as long as a group.
  for (let at = text.indexOf(group); at !== -1; at = text.indexOf(group, at + group.length)) {
    const start = text.lastIndexOf('\n', at) + 1
    row.lastIndex = start
    const columns = row.exec(text)
    if (columns === null) throw malformed(text, start, file)
    const [, ifindex = '', interfaceName = '', users = ''] = columns
    rows.push({ ifindex: Number(ifindex), interfaceName, users: Number(users) })
  }
  return rows
}

const row = /(\d+) +([^ \t\n]+) +[0-9a-f]{32} +(\d+) +[0-9A-F]+ +-?\d+\n/y

function malformed(text: string, start: number, file: string): ShapeError {
  const line = text.slice(start).split('\n', 1)[0] ?? ''
  return new ShapeError(file, lineAt(text, start + 1), 'ifindex, name, group, users, flags and timer', line)
}
