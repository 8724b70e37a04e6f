import { createHash } from 'node:crypto'
import { isPosition, type Order, type Position } from '@slashzero/db'
import { ServiceError } from '../error.ts'

/** The list that a cursor belongs to: its name, filter and sort. */
export type List = { readonly name: string; readonly filter: object; readonly order: Order }

/** A list as the cursor names it, so that a cursor of another list is refused. */
function fingerprint({ name, filter, order }: List): string {
  const sorted = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const text = JSON.stringify([name, sorted, order])
  return createHash('sha256').update(text).digest('base64url').slice(0, 11)
}

/**
 * Reads where a page begins; null for the first page.
 * @throws ServiceError `invalid` for a cursor of another filter or sort, or one that this server did not write
 */
export function readPosition(list: List, cursor: string | undefined): Position | null {
  if (cursor === undefined) return null
  const parts = parse(cursor)
  if (parts === null) throw refuse('The cursor is not valid: use `nextCursor` of the page before.')
  const [of, ...position] = parts
  if (of !== fingerprint(list))
    throw refuse('The cursor belongs to another filter or sort: begin again with the first page.')
  if (!isPosition(list.order, position)) throw refuse('The cursor is not valid: use `nextCursor` of the page before.')
  return position
}

function refuse(message: string): ServiceError {
  return new ServiceError('invalid', message, [
    { pointer: '/cursor', detail: 'expected nextCursor of the page before' },
  ])
}

function parse(cursor: string): unknown[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : null
  } catch {
    return null
  }
}

/** A page of at most `limit` rows, and the cursor of the next page. The caller reads one row more, which shows it. */
export function cutPage<Row extends { readonly position: Position }>(
  list: List,
  rows: readonly Row[],
  limit: number,
): { readonly shown: readonly Row[]; readonly nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  const nextCursor = last && Buffer.from(JSON.stringify([fingerprint(list), ...last.position])).toString('base64url')
  return { shown, nextCursor: nextCursor ?? null }
}
