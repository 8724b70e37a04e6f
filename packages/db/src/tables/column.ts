import { toInstant } from './instant.ts'

/** One column: how PostgreSQL holds a value, and how the value is checked when a row is read. */
export type Column<Value> = {
  /** The SQL type for `json_to_recordset`. */
  readonly sql: string
  readonly nullable: boolean
  /** The column's name, if not the field in snake_case. */
  readonly named?: string
  /** Throws a TypeError that names the expected type. */
  read(stored: unknown): Value
  /** The value in the JSON of the statements. */
  write(value: Value): unknown
}

export const text = scalar('text', 'text', (stored): stored is string => typeof stored === 'string')
export const boolean = scalar('boolean', 'true or false', (stored): stored is boolean => typeof stored === 'boolean')
export const integer = scalar('integer', 'a number', isNumber)
export const bigint = scalar('bigint', 'a number', isNumber)
/** Prisma cannot declare a list NOT NULL, but no list is written as NULL. */
export const texts: Column<readonly string[]> = {
  ...scalar('text[]', 'an array of texts', (stored): stored is readonly string[] => {
    return Array.isArray(stored) && stored.every((item) => typeof item === 'string')
  }),
  nullable: true,
}

/** Milliseconds since the epoch, held within the years 1970 to 9999. */
export const instant: Column<number> = {
  ...scalar('timestamptz', 'an instant', isNumber),
  write: toInstant,
}

/** Bytes, which node-postgres reads as a Buffer. */
export const bytes: Column<Uint8Array> = {
  ...scalar('bytea', 'bytes', (stored): stored is Uint8Array => stored instanceof Uint8Array),
  write: (value) => `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`,
}

/** One word of a closed set. */
export function oneOf<Word extends string>(words: readonly Word[]): Column<Word> {
  const known: ReadonlySet<unknown> = new Set(words)
  return scalar('text', `one of ${words.join(', ')}`, (stored): stored is Word => known.has(stored))
}

/** A value as JSON, which only one room reads; `jsonb` costs twice as much to write. */
export function json<Value extends object>(sql: 'json' | 'jsonb' = 'json'): Column<Value> {
  return scalar(
    sql,
    'an object or an array',
    (stored): stored is Value => typeof stored === 'object' && stored !== null,
  )
}

/** A column that may hold NULL, which reads as null. */
export function nullable<Value>(column: Column<Value>): Column<Value | null> {
  return {
    ...column,
    nullable: true,
    read: (stored) => (stored === null ? null : column.read(stored)),
    write: (value) => (value === null ? null : column.write(value)),
  }
}

/** The column with another name than its field. */
export function named<Value>(name: string, column: Column<Value>): Column<Value> {
  return { ...column, named: name }
}

function scalar<Value>(sql: string, expected: string, is: (stored: unknown) => stored is Value): Column<Value> {
  return {
    sql,
    nullable: false,
    read(stored) {
      if (is(stored)) return stored
      throw new TypeError(`expected ${expected}, found ${JSON.stringify(stored)?.slice(0, 100)}`)
    },
    write: (value) => value,
  }
}

function isNumber(stored: unknown): stored is number {
  return typeof stored === 'number' && Number.isFinite(stored)
}
