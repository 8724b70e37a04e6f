import { collectValues, comesAfter, type Order, orderBy, type Position, positionOf } from '../list/keyset.ts'
import type { Queryable } from '../open.ts'
import { groupByHypervisor } from '../tables/group-by-hypervisor.ts'
import { senderSocket } from '../tables/sender-socket.ts'
import { select } from '../tables/table.ts'

const summary = senderSocket.omit('namespaceId', 'inode', 'memory')

/** A sender socket without the fields that only core and the forecast need. */
export type SocketSummary = Omit<ReturnType<typeof summary.read>, 'hypervisorId'>

/** The sender sockets of these hypervisors, by hypervisor. */
export async function readSockets(
  client: Queryable,
  hypervisorIds: readonly string[],
): Promise<Map<string, SocketSummary[]>> {
  const rest = 'FROM sender_socket WHERE hypervisor_id = ANY($1) ORDER BY hypervisor_id, daemon, pid, key'
  return groupByHypervisor(await select(client, summary, rest, [hypervisorIds]))
}

export const socketOrder = {
  keys: [
    { sql: 'daemon', type: 'text' },
    { sql: 'pid', type: 'bigint' },
    { sql: 'key', type: 'text' },
  ],
  descending: false,
} as const satisfies Order

/** The first `limit` sender sockets of a hypervisor after the position, and how many sockets it has. */
export async function readSocketPage(
  client: Queryable,
  { id, limit }: { readonly id: string; readonly limit: number },
  after: Position | null,
): Promise<{ readonly rows: { readonly row: SocketSummary; readonly position: Position }[]; readonly total: number }> {
  const { values, bind } = collectValues()
  const own = `hypervisor_id = ${bind(id)}`
  const { rows } = await client.query<Record<string, unknown> & { position: string[] }>(
    `SELECT ${summary.list}, ${positionOf(socketOrder)} AS position FROM sender_socket
     WHERE ${own} AND ${comesAfter(socketOrder, after, bind)} ORDER BY ${orderBy(socketOrder)} LIMIT ${bind(limit)}`,
    values,
  )
  const counted = await client.query<{ total: number }>(
    'SELECT count(*) AS total FROM sender_socket WHERE hypervisor_id = $1',
    [id],
  )
  return {
    rows: rows.map((row) => {
      const { hypervisorId: _, ...socket } = summary.read(row)
      return { row: socket, position: row.position }
    }),
    total: counted.rows[0]?.total ?? 0,
  }
}
