import type { Sample, Transition } from '@slashzero/core'
import { bigint, instant, integer, nullable, oneOf, text } from './column.ts'
import { defineTable } from './table.ts'

/** One row for each sender socket and report. The roll-ups have the same columns. */
export const sample = defineTable<{ hypervisorId: string } & Sample>({
  name: 'sample',
  key: ['hypervisorId', 'at', 'socketKey'],
  columns: {
    hypervisorId: text,
    at: instant,
    socketKey: text,
    daemon: text,
    pid: bigint,
    namespaceName: nullable(text),
    optmemBytes: nullable(bigint),
    optmemMaxBytes: nullable(bigint),
    membershipBytes: nullable(integer),
    liveMemberships: nullable(bigint),
    staleMemberships: nullable(bigint),
  },
})

/** A changed verdict. The database numbers the rows. */
export const transition = defineTable<{ hypervisorId: string } & Transition>({
  name: 'transition',
  key: ['hypervisorId', 'at'],
  columns: {
    hypervisorId: text,
    at: instant,
    subject: oneOf(['hypervisor', 'tap', 'vm', 'socket']),
    key: text,
    from: nullable(text),
    to: nullable(text),
    reason: nullable(text),
  },
})

/** How far the reports of one boot of a hypervisor are stored. Times in milliseconds. */
export type Boot = { readonly hypervisorId: string; readonly bootId: string; readonly lastSequence: number }

export type SeenBoot = Boot & { readonly lastSeenAt: number }

export const boot = defineTable<SeenBoot>({
  name: 'hypervisor_boot',
  key: ['hypervisorId', 'bootId'],
  columns: { hypervisorId: text, bootId: text, lastSequence: bigint, lastSeenAt: instant },
})
