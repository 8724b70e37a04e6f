import { tapFacts } from '@slashzero/contract/report'
import { tapStatus } from '@slashzero/contract/rest'
import type { TapState } from '@slashzero/core'
import { bigint, instant, integer, json, nullable, oneOf, text } from './column.ts'
import { defineTable, nullableGroup } from './table.ts'

type Facts = Pick<TapState, keyof typeof tapFacts.shape>

/** The taps of a hypervisor. */
export const tap = defineTable<{ hypervisorId: string } & Omit<TapState, keyof Facts>, Facts>({
  name: 'tap',
  key: ['hypervisorId', 'key'],
  columns: {
    hypervisorId: text,
    key: text,
    namespaceId: bigint,
    namespaceName: nullable(text),
    ifindex: integer,
    name: text,
    vmKey: nullable(text),
    status: oneOf(tapStatus.options),
    statusReason: text,
    statusSince: instant,
    unanswered: nullableGroup({ solicits: bigint, since: instant }),
    advertisements: nullable(json()),
    memory: json(),
  },
  facts: tapFacts,
})
