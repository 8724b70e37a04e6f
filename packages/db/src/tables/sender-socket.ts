import { namespaceReport, socketFacts } from '@slashzero/contract/report'
import type { SocketState } from '@slashzero/core'
import { bigint, boolean, instant, json, nullable, oneOf, text } from './column.ts'
import { defineTable } from './table.ts'

type Facts = Pick<SocketState, keyof typeof socketFacts.shape>

/** The sender sockets of a hypervisor. Their trends stand in the pulse. */
export const senderSocket = defineTable<{ hypervisorId: string } & Omit<SocketState, 'trend' | keyof Facts>, Facts>({
  name: 'sender_socket',
  key: ['hypervisorId', 'key'],
  columns: {
    hypervisorId: text,
    key: text,
    namespaceId: bigint,
    namespaceName: nullable(text),
    inode: bigint,
    daemon: text,
    pid: bigint,
    optmemBytes: nullable(bigint),
    optmemMaxBytes: nullable(bigint),
    optmemMaxSource: nullable(oneOf(namespaceReport.shape.optmemMaxSource.unwrap().options)),
    memberships: nullable(bigint),
    liveMemberships: nullable(bigint),
    staleMemberships: nullable(bigint),
    joinsLeft: nullable(bigint),
    sendsBlocked: nullable(boolean),
    fullAt: nullable(instant),
    memory: json(),
  },
  facts: socketFacts,
})
