import { z } from 'zod'
import { compileSchema, REFUSED, type Read } from '../compile-schema.ts'
import { maxItemsOf } from '../list.ts'
import { findExcess, report } from '../report.ts'
import type { Report } from '../report.ts'
import { writeInstant } from './instant.ts'
import { isFields, isListForm, REPORT_FORM } from './form.ts'
import type { Fields, ListForm, ObjectForm } from './form.ts'

/** Why a delta cannot be applied: `detail`, about the value at the JSON Pointer `pointer` of the delta. */
export class DeltaError extends Error {
  readonly pointer: string

  constructor(pointer: string, detail: string) {
    super(detail)
    this.pointer = pointer
  }
}

/**
 * Applies an untrusted delta to its base. Out: a report within the bounds of every report, whose unchanged parts are
 * the same objects as in `base`, which stays as it is. @throws DeltaError
 */
export function applyDelta(base: Report, delta: unknown): Report {
  if (!isFields(delta)) throw new DeltaError('', 'expected an object')
  const { version, sequence, observedAt, sentAt } = delta
  const header = checkFields({ version, sequence, observedAt, sentAt }, reportNode(), '')
  const now = Date.parse(String(header.observedAt))
  const changed = applyToObject(base, delta, reportNode(), { pointer: '', now })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field has passed the schema of its name
  const next = { ...changed, ...header } as Report
  const excess = findExcess(next.namespaces)
  if (excess !== null) throw new DeltaError('/within/namespaces', excess)
  return next
}

/** A form with the schemas of its fields. */
type Node = {
  readonly form: ObjectForm | ListForm
  readonly shape: Readonly<Record<string, z.ZodType>>
  readonly within: Readonly<Record<string, Node>>
  /** The schema of an item and the most of them; both only for a list. */
  readonly item: z.ZodType
  readonly max: number
}

type Place = { readonly pointer: string; readonly now: number }

let known: Node | undefined
/** Made at the first use, so that the collector's bundle leaves the schemas out. */
const reportNode = () => (known ??= makeNode(REPORT_FORM, report))

function makeNode(form: ObjectForm | ListForm, schema: unknown): Node {
  const { object, item, max } = unwrap(schema)
  const within = Object.entries(form.within ?? {}).map(([name, inner]) => [name, makeNode(inner, object.shape[name])])
  return { form, shape: object.shape, item, max, within: Object.fromEntries(within) }
}

function unwrap(schema: unknown): { object: z.ZodObject; item: z.ZodType; max: number } {
  if (schema instanceof z.ZodObject) return { object: schema, item: schema, max: 0 }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap())
  if (!(schema instanceof z.ZodArray)) throw new TypeError('A form names a field that is no object and no list.')
  const { object } = unwrap(schema.element)
  return { object, item: object, max: maxItemsOf(schema) }
}

function applyToObject(base: Fields, delta: Fields, node: Node, place: Place): Fields {
  const { set, unset, within } = delta
  const { pointer } = place
  let next: Record<string, unknown> | null = null
  if (unset !== undefined) {
    if (!Array.isArray(unset)) throw new DeltaError(`${pointer}/unset`, 'expected an array')
    const missing = Object.fromEntries(unset.map((name) => [String(name), undefined]))
    next = { ...base, ...checkFields(missing, node, `${pointer}/unset`) }
  }
  if (set !== undefined) {
    if (!isFields(set)) throw new DeltaError(`${pointer}/set`, 'expected an object')
    next = Object.assign(next ?? { ...base }, checkFields(set, node, `${pointer}/set`))
  }
  if (within !== undefined) {
    if (!isFields(within)) throw new DeltaError(`${pointer}/within`, 'expected an object')
    for (const name of Object.keys(within)) {
      const change = applyWithin(base[name], within[name], node, name, {
        ...place,
        pointer: `${pointer}/within/${name}`,
      })
      if (change !== base[name]) (next ??= { ...base })[name] = change
    }
  }
  if (next === null) return base
  for (const name in next) if (next[name] === undefined) delete next[name]
  return next
}

function applyWithin(value: unknown, delta: unknown, node: Node, name: string, place: Place): unknown {
  const inner = Object.hasOwn(node.within, name) ? node.within[name] : undefined
  if (inner === undefined) {
    // A field of a later version is dropped, as in a whole report. A known field must not lose a change.
    if (!Object.hasOwn(node.shape, name)) return value
    throw new DeltaError(place.pointer, 'this server takes the field only whole')
  }
  if (!isFields(delta)) throw new DeltaError(place.pointer, 'expected an object')
  if (Array.isArray(value)) return applyToList(value, delta, inner, place)
  if (isFields(value) && !isListForm(inner.form)) return applyToObject(value, delta, inner, place)
  throw new DeltaError(place.pointer, 'the base has no such part')
}

function applyToList(base: readonly Fields[], delta: Fields, node: Node, place: Place): readonly Fields[] {
  let list = base
  if (delta.columns !== undefined) list = applyColumns(list, delta.columns, node, place)
  if (delta.edits !== undefined) list = applyEdits(list, delta.edits, node, place)
  if (delta.splices !== undefined) list = applySplices(list, delta.splices, node, place)
  return list
}

function applyColumns(base: readonly Fields[], columns: unknown, node: Node, place: Place): readonly Fields[] {
  const pointer = `${place.pointer}/columns`
  if (!isFields(columns)) throw new DeltaError(pointer, 'expected an object')
  const forms = isListForm(node.form) ? (node.form.columns ?? {}) : {}
  const read = Object.keys(columns).flatMap((name) => {
    const cells = columns[name]
    if (!Array.isArray(cells) || cells.length !== base.length)
      throw new DeltaError(`${pointer}/${name}`, `expected an array of ${base.length} values`)
    const schema = Object.hasOwn(node.shape, name) ? node.shape[name] : undefined
    if (schema === undefined) return []
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined
    if (form === undefined) throw new DeltaError(`${pointer}/${name}`, 'this server takes no column of this field')
    return [{ name, cells, schema, isInstant: form === 'instant' }]
  })
  const [first] = read
  if (first === undefined) return base
  const next = [...base]
  for (const [index, item] of base.entries()) {
    if (first.cells[index] === null) continue
    let changed: Record<string, unknown> | null = null
    for (const { name, cells, schema, isInstant } of read) {
      const at = `${pointer}/${name}/${index}`
      const cell: unknown = cells[index]
      const value = isInstant ? toInstant(cell, place.now, at) : cell === item[name] ? cell : check(cell, schema, at)
      if (value !== item[name]) (changed ??= { ...item })[name] = value
    }
    if (changed !== null) next[index] = changed
  }
  return next
}

function toInstant(age: unknown, now: number, pointer: string): string {
  const time = Number.isSafeInteger(age) ? now - Number(age) : Number.NaN
  if (!(time >= MIN_TIME && time <= MAX_TIME)) throw new DeltaError(pointer, 'expected milliseconds')
  return writeInstant(time)
}

const MIN_TIME = Date.UTC(1970, 0, 1)
const MAX_TIME = Date.UTC(9999, 11, 31)

function applyEdits(base: readonly Fields[], edits: unknown, node: Node, place: Place): readonly Fields[] {
  const pointer = `${place.pointer}/edits`
  const next = [...base]
  let from = 0
  for (const [index, edit] of requireList(edits, pointer).entries()) {
    const at = `${pointer}/${index}`
    const [where, delta] = requireList(edit, at)
    const item = isPlace(where, from) ? base[where] : undefined
    if (item === undefined) throw new DeltaError(`${at}/0`, EXPECTED_PLACE)
    if (!isFields(delta)) throw new DeltaError(`${at}/1`, 'expected an object')
    from = Number(where) + 1
    next[from - 1] = applyToObject(item, delta, node, { ...place, pointer: `${at}/1` })
  }
  return next
}

function applySplices(base: readonly Fields[], splices: unknown, node: Node, place: Place): readonly Fields[] {
  const pointer = `${place.pointer}/splices`
  const next: Fields[] = []
  let from = 0
  for (const [index, splice] of requireList(splices, pointer).entries()) {
    const at = `${pointer}/${index}`
    const [where, gone, items] = requireList(splice, at)
    if (!isPlace(where, from) || !isPlace(gone, 0) || where + gone > base.length)
      throw new DeltaError(`${at}/0`, EXPECTED_PLACE)
    next.push(...base.slice(from, where))
    from = where + gone
    const added = requireList(items, `${at}/2`)
    if (next.length + added.length + base.length - from > node.max)
      throw new DeltaError(`${at}/2`, `the list holds more than ${node.max} items`)
    for (const [nth, item] of added.entries()) {
      const whole = check(item, node.item, `${at}/2/${nth}`)
      if (isFields(whole)) next.push(whole)
    }
  }
  return [...next, ...base.slice(from)]
}

const EXPECTED_PLACE = "expected a place in the base's list after the place before"

function isPlace(value: unknown, from: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= from
}

function requireList(value: unknown, pointer: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new DeltaError(pointer, 'expected an array')
}

/** The known fields, each read by its schema. A missing field that has a default gets the default. */
function checkFields(fields: Fields, { shape }: Node, pointer: string): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) {
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (schema !== undefined) read[name] = check(fields[name], schema, `${pointer}/${name}`)
  }
  return read
}

const readers = new Map<z.ZodType, Read>()

function check(value: unknown, schema: z.ZodType, pointer: string): unknown {
  const read = readers.get(schema) ?? compileSchema(schema, maxItemsOf)
  readers.set(schema, read)
  const valid = read(value)
  if (valid !== REFUSED) return valid
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  throw new DeltaError(pointer + path.join(''), issue?.message ?? 'is invalid')
}
