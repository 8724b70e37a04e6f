import { ChevronLeft, ChevronRight, ChevronsLeft } from 'lucide-react'
import { formatNumber } from '../words/format-count.ts'
import type { CursorPages } from '../view/use-cursor.ts'
import { Button } from './button.tsx'

/** Steps through a long list page by page; absent if there is only one page. */
export function Pager({
  of,
  pages,
  perPage,
  shown,
  total,
  nextCursor,
}: {
  /** What the list holds: `VMs`. */
  of: string
  pages: CursorPages
  perPage: number
  /** The rows on this page. */
  shown: number
  /** How many rows the list has, in words; null if unknown. */
  total: string | null
  nextCursor: string | null
}) {
  const isFirst = pages.cursor === undefined
  if (isFirst && nextCursor === null) return null
  return (
    <nav
      aria-label={`Pages of ${of}`}
      className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2.5 text-[13px] text-muted"
    >
      <p>
        {placeOf(pages.number, perPage, shown)}
        {total !== null && ` of ${total}`}
      </p>
      <div className="flex gap-2">
        {!isFirst && pages.toPrevious === null && (
          <Button onClick={pages.toFirst}>
            <ChevronsLeft aria-hidden size={14} /> First page
          </Button>
        )}
        <Button disabled={pages.toPrevious === null} onClick={() => pages.toPrevious?.()}>
          <ChevronLeft aria-hidden size={14} /> Previous
        </Button>
        <Button disabled={nextCursor === null} onClick={() => nextCursor !== null && pages.toNext(nextCursor)}>
          Next <ChevronRight aria-hidden size={14} />
        </Button>
      </div>
    </nav>
  )
}

/** A link into the middle of the list does not say how many rows come before. */
function placeOf(number: number | null, perPage: number, shown: number): string {
  if (shown === 0) return 'Past the end'
  if (number === null) return `${formatNumber(shown)} rows from the middle`
  const first = (number - 1) * perPage + 1
  return `${formatNumber(first)}–${formatNumber(first + shown - 1)}`
}
