import type { ProbeRun } from '@slashzero/contract/report'
import { hypervisorStatus, type ConfigurationSummary, type HeadroomFigures } from '@slashzero/contract/rest'
import type { HypervisorState } from '@slashzero/core'
import { bigint, boolean, instant, integer, json, nullable, oneOf, text } from './column.ts'
import type { Pulsing } from './pulse.ts'
import { type Columns, defineTable } from './table.ts'

/** The part of the state in the hypervisor's own row, which few reports change. */
export type HypervisorHead = Omit<HypervisorState, 'sockets' | 'taps' | 'vms' | keyof Pulsing>

/** The facts of the host in the last report. */
export type HostFacts = {
  readonly name: string
  readonly kernel: string
  readonly collectorVersion: string
  readonly labels: Readonly<Record<string, string>>
  /** The probes that did not end `ok`. */
  readonly runs: readonly ProbeRun[]
  readonly probes: readonly string[]
  readonly configurations: readonly StoredConfiguration[]
}

/** The summarised configuration of a sender, with the sender's namespace and pid. */
export type StoredConfiguration = {
  readonly namespaceId: number
  readonly pid: number
  readonly summary: ConfigurationSummary
}

/** The figures of lists: the counts of VMs by the status of their route, and the tightest socket. Null: not known. */
export type Listed = HeadroomFigures & {
  readonly vmsTotal: number
  readonly vmsMissing: number
  readonly vmsExpiring: number
  readonly vmsUnknown: number
  /** The VMs with a route that nothing can renew, and when the first and the last route end. */
  readonly vmsDark: number
  readonly darkFirstAt: number | null
  readonly darkLastAt: number | null
  readonly fullAt: number | null
}
type Identity = { readonly id: string; readonly hostId: string; readonly demo: boolean }
/** The columns from reports: null until the first report. */
type Reported = Omit<HypervisorHead, 'status' | 'statusReason' | 'statusSince'> &
  Pick<HostFacts, 'kernel' | 'collectorVersion' | 'probes'>
type Stored = Identity &
  Listed & { readonly search: string } & Pick<HypervisorHead, 'status' | 'statusReason' | 'statusSince'> &
  Pick<HostFacts, 'name' | 'labels' | 'runs' | 'configurations'> & {
    readonly [Name in keyof Reported]: Reported[Name] | null
  }

const IDENTITY: Columns<Identity> = { id: text, hostId: text, demo: boolean }

const HOST_FACTS: Columns<Pick<Stored, keyof HostFacts>> = {
  name: text,
  kernel: nullable(text),
  collectorVersion: nullable(text),
  labels: json('jsonb'),
  runs: json('jsonb'),
  probes: nullable(json('jsonb')),
  configurations: json('jsonb'),
}

const LISTED: Columns<Listed> = {
  vmsTotal: integer,
  vmsMissing: integer,
  vmsExpiring: integer,
  vmsUnknown: integer,
  vmsDark: integer,
  darkFirstAt: nullable(instant),
  darkLastAt: nullable(instant),
  optmemBytes: nullable(bigint),
  optmemMaxBytes: nullable(bigint),
  memberships: nullable(bigint),
  staleMemberships: nullable(bigint),
  joinsLeft: nullable(bigint),
  fullAt: nullable(instant),
}

/** A hypervisor's own row: its identity, the head of its state, and the facts of its host. */
export const hypervisor = defineTable<Stored>({
  name: 'hypervisor',
  key: ['id'],
  columns: {
    ...IDENTITY,
    bootId: nullable(text),
    status: oneOf(hypervisorStatus.options),
    statusReason: text,
    statusSince: instant,
    membershipBytes: nullable(integer),
    ...LISTED,
    search: text,
    ...HOST_FACTS,
  },
})

const namesOf = (fields: object) => new Set(Object.keys(fields).map((field) => hypervisor.column(field)))
const [identity, hostFacts] = [namesOf(IDENTITY), namesOf({ ...HOST_FACTS, search: text })]

/** Updates the rows of the JSON array $1. A row without facts of the host keeps the stored facts. */
export const updateHypervisorsSql = `
  UPDATE hypervisor SET ${hypervisor.columns
    .filter(({ name }) => !identity.has(name))
    .map(({ name }) => `${name} = ${hostFacts.has(name) ? `coalesce(r.${name}, hypervisor.${name})` : `r.${name}`}`)
    .join(', ')}
  FROM json_to_recordset($1::json) AS ${hypervisor.recordset}
  WHERE hypervisor.id = r.id`
