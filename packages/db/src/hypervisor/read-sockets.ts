import { headroomFigures } from '@slashzero/contract/rest'
import type { Queryable } from '../open.ts'
import { groupByHypervisor } from '../tables/group-by-hypervisor.ts'
import { senderSocket } from '../tables/sender-socket.ts'
import { select } from '../tables/table.ts'

const headroom = senderSocket.pick('hypervisorId', ...headroomFigures.keyof().options, 'sendsBlocked', 'fullAt')
const summary = senderSocket.omit('namespaceId', 'inode', 'memory')

/** The figures of one socket in the fleet's headroom. */
export type SocketHeadroom = Omit<ReturnType<typeof headroom.read>, 'hypervisorId'>

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

/** The headroom of every sender socket of the fleet, by hypervisor. */
export async function readHeadrooms(client: Queryable): Promise<Map<string, SocketHeadroom[]>> {
  return groupByHypervisor(await select(client, headroom, 'FROM sender_socket', [], 'read-headrooms'))
}
