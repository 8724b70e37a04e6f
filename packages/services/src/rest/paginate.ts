import { ServiceError } from '../error.ts'

export type PageQuery = { readonly cursor?: string | undefined; readonly limit: number }
export type Page<Item> = { items: Item[]; nextCursor: string | null }

/** The id before the page: the cursor is the last id of the previous page. */
export function readCursor({ cursor }: PageQuery): string {
  if (cursor === undefined) return ''
  if (/^[\w-]{1,64}$/.test(cursor)) return cursor
  throw new ServiceError('invalid', 'Invalid cursor: use `nextCursor` of the previous page.', [
    { pointer: '/cursor', detail: 'expected nextCursor of the previous page' },
  ])
}

/** One page of `rows`. The caller reads one row more than `limit`, which shows that another page follows. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit)
  return { items: shown.map(toItem), nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}
