// How a delta takes a report apart. Plain data, because the collector loads this file and no schemas.

/** An object whose changed fields are sent whole; those in `within` have a delta of their own. */
export type ObjectForm = { readonly within?: Readonly<Record<string, ObjectForm | ListForm>> }

/**
 * A list of objects. `key` names the fields that tell which item of another report is the same thing. `columns` names
 * the fields that change in most items of most reports, so that their values travel in one array a field.
 */
export type ListForm = ObjectForm & {
  readonly key: readonly string[]
  readonly columns?: Readonly<Record<string, Column>>
}

/** `instant`: milliseconds from the time of the check to the report's `observedAt`. `value`: the value itself. */
type Column = 'instant' | 'value'

const sockets: ListForm = { key: ['inode'] }
const configuration: ObjectForm = { within: { interfaces: { key: ['name'] } } }
const senders: ListForm = { key: ['pid'], within: { configuration, sockets } }
const taps: ListForm = { key: ['ifindex'] }

export const REPORT_FORM: ObjectForm = {
  within: {
    namespaces: { key: ['id'], within: { senders, taps } },
    routeChecks: { key: ['method', 'vm'], columns: { checkedAt: 'instant', expiresInSeconds: 'value' } },
    runs: { key: ['probe'], columns: { milliseconds: 'value' } },
  },
}

/** What changed in an object. A missing member: nothing. */
export type ObjectDelta = {
  /** Fields that have another value, whole. */
  set?: Record<string, unknown>
  /** Fields that are missing now. */
  unset?: string[]
  /** Changes within a field, by the field's form. */
  within?: Record<string, ObjectDelta | ListDelta>
}

/** What changed in a list. Places count from 0 in the base's list, and rise within `edits` and within `splices`. */
export type ListDelta = {
  /** An array a column, as long as the base's list. Null in the first column: nothing changed in the item's columns. */
  columns?: Record<string, unknown[]>
  /** Items with changes, by place. */
  edits?: [place: number, changes: ObjectDelta][]
  /** At each place, the number of items that are gone and the whole items that are new. */
  splices?: [place: number, gone: number, items: unknown[]][]
}

/**
 * The body of `POST /ingest/v1/reports` that says what changed since the report that the server acknowledged as `base`.
 * Applied to that report, the delta gives a whole report.
 */
export type ReportDelta = ObjectDelta & {
  version: 1
  base: string
  sequence: number
  observedAt: string
  sentAt: string
}

export function isListForm(form: ObjectForm | ListForm): form is ListForm {
  return 'key' in form
}

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value)
}
