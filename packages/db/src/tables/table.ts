import { messageOf } from '@slashzero/contract/report'
import type { Queryable } from '../open.ts'
import type { Column } from './column.ts'

/** Fields of `Value`, each with its column or, for an object, with the columns of its own fields. */
export type Columns<Value> = {
  readonly [Name in keyof Value]-?: Column<Value[Name]> | Group<Value[Name]>
}

/** An object with a column for each of its fields, named `${field}_${inner}`. */
export type Group<Value> = {
  readonly optional: null extends Value ? true : false
  readonly fields: Columns<NonNullable<Value>>
}

/** Groups the columns of an object. */
export function group<Value extends object>(fields: Columns<Value>): Group<Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type cannot see that an object type has no null
  return { optional: false, fields } as Group<Value>
}

/** A group that is null when one of its columns is NULL. */
export function nullableGroup<Value extends object>(fields: Columns<Value>): Group<Value | null> {
  return { optional: true, fields }
}

/** Reads and checks the facts of a stored row: a schema of the contract. */
type FactsSchema<Facts> = {
  readonly shape: { readonly [Name in keyof Facts]: unknown }
  parse(stored: unknown): Facts
}

/** A column or a group of columns of any type. */
type Described =
  | Column<unknown>
  | { readonly optional: boolean; readonly fields: { readonly [name: string]: Described } }

type Row = Readonly<Record<string, unknown>>

/** Reads some fields of a row from the columns of a select list. */
export type Reader<Value> = {
  /** The select list. */
  readonly list: string
  /** The select list with the table's alias in the query; `prefix` keeps the names apart from another table's. */
  listAs(alias: string, prefix?: string): string
  /** Throws a TypeError that names table, column and value. */
  read(row: Row, prefix?: string): Value
}

/**
 * Selects what the reader reads; `rest` is the statement after the select list. Postgres prepares a named statement
 * once.
 */
export async function select<Value>(
  client: Queryable,
  reader: Reader<Value>,
  rest: string,
  values: readonly unknown[] = [],
  name?: string,
): Promise<Value[]> {
  const text = `SELECT ${reader.list} ${rest}`
  const { rows } = await client.query<Record<string, unknown>>({
    ...(name !== undefined && { name }),
    text,
    values: [...values],
  })
  return rows.map((row) => reader.read(row))
}

/** Reads the columns of two tables with these aliases in the query. Their names must differ. */
export function beside<One, Other>(
  [alias, one]: readonly [string, Reader<One>],
  [otherAlias, other]: readonly [string, Reader<Other>],
): Reader<One & Other> {
  const listAs = () => `${one.listAs(alias)}, ${other.listAs(otherAlias)}`
  return { list: listAs(), listAs, read: (row) => ({ ...one.read(row), ...other.read(row) }) }
}

export type Table<Stored, Facts> = Reader<Stored & Facts> & {
  readonly name: string
  /** The SQL columns, to compare with the real table. */
  readonly columns: readonly { readonly name: string; readonly sql: string; readonly nullable: boolean }[]
  /** The column of a field, as `route.checkedAt`. */
  column(path: string): string
  /** The row as JSON for the statements. */
  toRow(value: Stored & Facts): Record<string, unknown>
  /** Some fields of the row as JSON; the statements read the other fields as NULL. */
  toPartialRow(value: Partial<Stored & Facts>): Record<string, unknown>
  /** `r(…)` of a `json_to_recordset`. */
  readonly recordset: string
  /**
   * Inserts the rows of the JSON array $1 or, on the key, updates existing rows. `into` is another table of the same
   * columns.
   */
  upsert(into?: string, condition?: string): string
  /** Inserts the rows of the JSON array $1 and keeps existing rows. */
  insert(): string
  /** Selects only these fields; `facts` stands for all facts. */
  pick<Name extends keyof Stored>(...names: readonly Name[]): Reader<Pick<Stored, Name>>
  pick<Name extends keyof Stored>(...names: readonly (Name | 'facts')[]): Reader<Pick<Stored, Name> & Facts>
  /** Selects all fields but these. */
  omit<Name extends keyof Stored>(...names: readonly Name[]): Reader<Omit<Stored, Name> & Facts>
}

type Leaf = { readonly path: readonly string[]; readonly name: string; readonly column: Column<unknown> }
type Part = {
  readonly field: string
  readonly leaves: readonly Leaf[]
  readonly read: (row: Row, prefix: string, into: Record<string, unknown>) => void
}

/**
 * Describes a table once. `key`: the fields of the primary key. `columns`: the fields that SQL uses. `facts`: a schema
 * of the fields that are only shown, in one JSON column `facts`, so that another fact needs no migration.
 */
export function defineTable<Stored extends object, Facts extends object = object>(description: {
  readonly name: string
  readonly key: readonly (keyof Stored & string)[]
  readonly columns: Columns<Stored>
  readonly facts?: FactsSchema<Facts>
}): Table<Stored, Facts> {
  const { name, facts } = description
  const parts = Object.entries<Described>(description.columns).map(([field, one]) => toPart(name, [field], one))
  if (facts !== undefined) parts.push(toFactsPart(name, facts))
  const leaves = parts.flatMap((part) => part.leaves)
  const key = description.key.map(toSnakeCase)
  const names = leaves.map((leaf) => quote(leaf.name)).join(', ')
  const recordset = `r(${leaves.map((leaf) => `${quote(leaf.name)} ${leaf.column.sql}`).join(', ')})`
  const insertInto = (table: string) =>
    `INSERT INTO ${table} AS kept (${names}) SELECT * FROM json_to_recordset($1::json) AS ${recordset}`

  function readerOf(chosen: readonly Part[]): Reader<never> {
    const own = chosen.flatMap((part) => part.leaves)
    return {
      list: own.map((leaf) => quote(leaf.name)).join(', '),
      listAs: (alias, prefix = '') =>
        own.map(({ name: leaf }) => `${alias}.${quote(leaf)}${prefix && ` AS ${quote(prefix + leaf)}`}`).join(', '),
      read(row, prefix = '') {
        const value: Record<string, unknown> = {}
        for (const part of chosen) part.read(row, prefix, value)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field was read by the column of its type
        return value as never
      },
    }
  }

  function toRow(value: object): Record<string, unknown> {
    const row: Record<string, unknown> = {}
    for (const leaf of leaves) {
      const found = valueAt(value, leaf.path)
      if (found !== undefined) row[leaf.name] = leaf.column.write(found)
    }
    return row
  }

  return {
    name,
    ...readerOf(parts),
    columns: leaves.map((leaf) => ({ name: leaf.name, sql: leaf.column.sql, nullable: leaf.column.nullable })),
    column(path) {
      const leaf = leaves.find((one) => one.path.join('.') === path)
      if (leaf === undefined) throw new TypeError(`The table ${name} has no field ${path}.`)
      return leaf.name
    },
    toRow,
    toPartialRow: toRow,
    recordset,
    upsert(into = name, condition = '') {
      const updates = leaves
        .filter((leaf) => !key.includes(leaf.name))
        .map((leaf) => `${quote(leaf.name)} = excluded.${quote(leaf.name)}`)
      return `${insertInto(into)} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')} ${condition}`
    },
    insert: () => `${insertInto(name)} ON CONFLICT DO NOTHING`,
    pick: (...fields: readonly PropertyKey[]) => readerOf(parts.filter((part) => fields.includes(part.field))),
    omit: (...fields: readonly PropertyKey[]) => readerOf(parts.filter((part) => !fields.includes(part.field))),
  }
}

function toPart(table: string, path: readonly string[], one: Described): Part {
  const field = path.at(-1) ?? ''
  if (!('fields' in one)) {
    const leaf = { path, name: one.named ?? toSnakeCase(path.join('_')), column: one }
    return { field, leaves: [leaf], read: (row, prefix, into) => (into[field] = readLeaf(table, leaf, row, prefix)) }
  }
  const inner = Object.entries(one.fields).map(([name, column]) => toPart(table, [...path, name], column))
  const leaves = inner.flatMap((part) => part.leaves)
  return {
    field,
    leaves: one.optional ? leaves.map((leaf) => ({ ...leaf, column: { ...leaf.column, nullable: true } })) : leaves,
    read(row, prefix, into) {
      const value: Record<string, unknown> = {}
      const absent = one.optional && leaves.some((leaf) => row[prefix + leaf.name] === null)
      if (!absent) for (const part of inner) part.read(row, prefix, value)
      into[field] = absent ? null : value
    },
  }
}

function toFactsPart<Facts extends object>(table: string, schema: FactsSchema<Facts>): Part {
  const names = Object.keys(schema.shape)
  const column: Column<unknown> = {
    sql: 'json',
    nullable: false,
    read: (stored) => schema.parse(stored),
    write: (value) => Object.fromEntries(names.map((name) => [name, valueAt(value, [name])])),
  }
  const leaf = { path: [], name: 'facts', column }
  return {
    field: 'facts',
    leaves: [leaf],
    read: (row, prefix, into) => void Object.assign(into, readLeaf(table, leaf, row, prefix)),
  }
}

function readLeaf(table: string, { name, column }: Leaf, row: Row, prefix: string): unknown {
  try {
    return column.read(row[prefix + name])
  } catch (cause) {
    const reason = messageOf(cause)
    throw new TypeError(`The column ${table}.${name} cannot be read: ${reason}`, { cause })
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Reflect.get(found, name)
  }
  return found
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function quote(name: string): string {
  return `"${name}"`
}
