import type { Report } from '../report.ts'
import { align, GONE, isEqual } from './compare.ts'
import { writeInstant } from './instant.ts'
import { isFields, isList, isListForm, REPORT_FORM } from './form.ts'
import type { Fields, ListDelta, ListForm, ObjectDelta, ObjectForm, ReportDelta } from './form.ts'

/**
 * Says what changed from `base`, which the server acknowledged under the name `baseName`, to `next`. The delta lacks
 * `sentAt`. Costs little for parts that are the same object in both reports.
 */
export function makeDelta(baseName: string, base: Report, next: Report): Omit<ReportDelta, 'sentAt'> {
  const { sequence, observedAt, sentAt: _, ...facts } = next
  const { sequence: _sequence, observedAt: _observedAt, sentAt: _sentAt, ...before } = base
  const changes = compareObjects(before, facts, REPORT_FORM, Date.parse(observedAt)) ?? {}
  return { version: 1, base: baseName, sequence, observedAt, ...changes }
}

/** Null if nothing changed. */
function compareObjects(base: Fields, next: Fields, form: ObjectForm, now: number, skipped?: object) {
  let delta: ObjectDelta | null = null
  for (const name in next) {
    const [before, after] = [base[name], next[name]]
    if (before === after || after === undefined || (skipped && name in skipped)) continue
    const inner = form.within?.[name]
    const change = inner && compareWithin(before, after, inner, now)
    if (change === null) continue
    if (change !== undefined) ((delta ??= {}).within ??= {})[name] = change
    else if (!isEqual(before, after)) ((delta ??= {}).set ??= {})[name] = after
  }
  for (const name in base) {
    if (next[name] === undefined && base[name] !== undefined) ((delta ??= {}).unset ??= []).push(name)
  }
  return delta
}

/** Null if nothing changed; undefined if the values cannot be compared part by part. */
function compareWithin(before: unknown, after: unknown, form: ObjectForm | ListForm, now: number) {
  if (isListForm(form)) {
    return isList(before) && isList(after) ? compareLists(before, after, form, now) : undefined
  }
  return isFields(before) && isFields(after) ? compareObjects(before, after, form, now) : undefined
}

function compareLists(base: readonly Fields[], next: readonly Fields[], form: ListForm, now: number) {
  const places = align(base, next, form.key)
  const delta: ListDelta = {}
  const splices = listSplices(base.length, next, places)
  if (splices.length > 0) delta.splices = splices
  const columns = form.columns && compareColumns(base, next, places, form.columns, now)
  if (columns) delta.columns = columns.values
  const edits: NonNullable<ListDelta['edits']> = []
  for (const [index, item] of next.entries()) {
    const place = places[index] ?? GONE
    const before = base[place]
    if (before === undefined || before === item) continue
    const skipped = columns?.covers.has(index) === true ? form.columns : undefined
    const changes = compareObjects(before, item, form, now, skipped)
    if (changes) edits.push([place, changes])
  }
  if (edits.length > 0) delta.edits = edits
  return splices.length + edits.length > 0 || columns ? delta : null
}

function listSplices(length: number, next: readonly Fields[], places: readonly number[]) {
  const splices: NonNullable<ListDelta['splices']> = []
  let from = 0
  let items: unknown[] = []
  const close = (place: number) => {
    if (place > from || items.length > 0) splices.push([from, place - from, items])
    items = []
    from = place + 1
  }
  for (const [index, item] of next.entries()) {
    const place = places[index] ?? GONE
    if (place === GONE) items.push(item)
    else close(place)
  }
  close(length)
  return splices
}

/** Null if no item changed in these columns. `covers`: the indexes in `next` of the items that did. */
function compareColumns(
  base: readonly Fields[],
  next: readonly Fields[],
  places: readonly number[],
  columns: NonNullable<ListForm['columns']>,
  now: number,
) {
  const names = Object.keys(columns)
  const values = Object.fromEntries(
    names.map((name) => [name, Array.from<unknown>({ length: base.length }).fill(null)]),
  )
  const covers = new Set<number>()
  for (const [index, item] of next.entries()) {
    const place = places[index] ?? GONE
    const before = base[place]
    if (before === undefined || before === item || names.every((name) => before[name] === item[name])) continue
    const cells = names.map((name) => (columns[name] === 'instant' ? toAge(item[name], now) : item[name]))
    // The first cell says whether the item changed, and an instant in another form than `writeInstant` has no age.
    if (cells[0] == null || cells.includes(undefined)) continue
    for (const [column, name] of names.entries()) (values[name] ?? [])[place] = cells[column]
    covers.add(index)
  }
  return covers.size === 0 ? null : { values, covers }
}

/** Milliseconds from an instant to `now`; undefined if the instant could not be told again exactly. */
function toAge(instant: unknown, now: number): number | undefined {
  const time = Date.parse(String(instant))
  return Number.isNaN(time) || writeInstant(time) !== instant ? undefined : now - time
}
