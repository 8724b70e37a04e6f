import { hasNul } from './text.ts'

/** A part of a sort key: an expression that is never NULL, and its type. */
export type SortKey = { readonly sql: string; readonly type: 'text' | 'timestamptz' | 'bigint' }

/** The order of a list. The last keys make it total, so that a page can go on after any row. */
export type Order = { readonly keys: readonly SortKey[]; readonly descending: boolean }

/** The keys of the last row of a page, as PostgreSQL writes them. */
export type Position = readonly string[]

/** Adds a value to the statement's values and returns its placeholder. */
export type Bind = (value: unknown) => string

/** Collects the values of a statement that is put together. */
export function collectValues(): { readonly values: unknown[]; readonly bind: Bind } {
  const values: unknown[] = []
  return { values, bind: (value) => `$${values.push(value)}` }
}

/** SQL: the keys of a row as a list of texts. */
export function positionOf({ keys }: Order): string {
  return `ARRAY[${keys.map(({ sql }) => `(${sql})::text`).join(', ')}]`
}

/** SQL: whether a row comes after the position. The comparison of rows can use an index of the keys. */
export function comesAfter({ keys, descending }: Order, position: Position | null, bind: Bind): string {
  if (position === null) return 'true'
  const left = keys.map(({ sql }) => sql).join(', ')
  const right = keys.map(({ type }, index) => `${bind(position[index])}::${type}`).join(', ')
  return `(${left}) ${descending ? '<' : '>'} (${right})`
}

/** SQL: the keys for ORDER BY. */
export function orderBy({ keys, descending }: Order): string {
  return keys.map(({ sql }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', ')
}

const FORMS: Record<SortKey['type'], (text: string) => boolean> = {
  text: (text) => !hasNul(text),
  bigint: (text) => Number.isSafeInteger(Number(text)) && /^-?\d+$/.test(text),
  timestamptz: (text) =>
    text === 'infinity' ||
    (/^\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]{2,9}[-+:\d]{3,6}$/.test(text) && !Number.isNaN(Date.parse(text))),
}

/** Whether a text from a client can be a position in this order: PostgreSQL can read each part. */
export function isPosition({ keys }: Order, parts: readonly unknown[]): parts is Position {
  if (parts.length !== keys.length) return false
  return keys.every(({ type }, index) => {
    const part = parts[index]
    return typeof part === 'string' && FORMS[type](part)
  })
}
