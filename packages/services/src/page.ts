import { ServiceError } from './error.ts'

export type PageQuery = { readonly cursor?: string | undefined; readonly limit: number }
export type Page<Item> = { items: Item[]; nextCursor: string | null }

/** The id after which a page begins: the cursor is the last id of the page before. */
export function readCursor({ cursor }: PageQuery): string {
  if (cursor === undefined) return ''
  if (/^[\w-]{1,64}$/.test(cursor)) return cursor
  throw new ServiceError('invalid', 'The cursor is none that this server gave.', [
    { pointer: '/cursor', detail: 'expected the nextCursor of the page before' },
  ])
}

/** `rows` are those of the page and one more, if there is one. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit)
  return { items: shown.map(toItem), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}
