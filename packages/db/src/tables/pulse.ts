import type { HypervisorState } from '@slashzero/core'
import { bigint, bytes, type Column, instant, json, named, nullable, text } from './column.ts'
import { defineTable } from './table.ts'

/** The part of the state that changes in every report. */
export type Pulsing = Pick<HypervisorState, 'lastSeenAt' | 'observedAt' | 'clockSkew' | 'judgeAgainAt' | 'memory'>

/** The recent usage of each socket, by the socket's key: pairs of a time in milliseconds and bytes of option memory. */
export type Trends = Readonly<Record<string, readonly (readonly [number, number])[]>>

type Reported = Pulsing & {
  /** The highest stored sequence of the current boot. */
  readonly lastSequence: number
  readonly trends: Trends
  /** The times that `encodeTimes` wrote. */
  readonly vmTimes: Uint8Array
}
type Stored = { readonly hypervisorId: string; readonly version: number } & {
  readonly [Name in keyof Reported]: Reported[Name] | null
}

/** The clock skew is written in whole milliseconds. */
const milliseconds: Column<number> = { ...bigint, write: Math.round }

/** What changes in every report of a hypervisor, in one row. The columns are null until the first report. */
export const pulse = defineTable<Stored>({
  name: 'hypervisor_pulse',
  key: ['hypervisorId'],
  columns: {
    hypervisorId: text,
    version: bigint,
    lastSequence: nullable(bigint),
    lastSeenAt: nullable(instant),
    observedAt: nullable(instant),
    clockSkew: named('clock_skew_ms', nullable(milliseconds)),
    judgeAgainAt: nullable(instant),
    memory: nullable(json()),
    trends: nullable(json()),
    vmTimes: nullable(bytes),
  },
})

const updated = pulse.columns.filter(({ name }) => name !== 'hypervisor_id' && name !== 'version')

/** Updates the rows of the JSON array $1 that nobody wrote since their version was read, and returns their ids. */
export const updatePulsesSql = `
  UPDATE hypervisor_pulse AS kept SET version = kept.version + 1, ${updated.map(({ name }) => `${name} = r.${name}`).join(', ')}
  FROM json_to_recordset($1::json) AS ${pulse.recordset}
  WHERE kept.hypervisor_id = r.hypervisor_id AND kept.version = r.version
  RETURNING kept.hypervisor_id`
