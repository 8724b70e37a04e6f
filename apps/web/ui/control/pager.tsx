import { ChevronLeft, ChevronRight } from 'lucide-react'
import { formatNumber } from '../words/format-count.ts'
import { Button } from './button.tsx'

/** Steps through a long list page by page; absent if there is only one page. */
export function Pager({
  of,
  page,
  perPage,
  total,
  onPage,
}: {
  /** What the list holds: `VMs`. */
  of: string
  /** The first page is 1. */
  page: number
  perPage: number
  total: number
  onPage: (page: number) => void
}) {
  if (total <= perPage && page === 1) return null
  const first = (page - 1) * perPage + 1
  const last = Math.min(page * perPage, total)
  return (
    <nav
      aria-label={`Pages of ${of}`}
      className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2.5 text-[13px] text-muted"
    >
      <p>
        {first > total
          ? `Past the end: ${formatNumber(total)} in all`
          : `${formatNumber(first)}–${formatNumber(last)} of ${formatNumber(total)}`}
      </p>
      <div className="flex gap-2">
        <Button disabled={page <= 1} onClick={() => onPage(Math.min(page - 1, Math.ceil(total / perPage) || 1))}>
          <ChevronLeft aria-hidden size={14} /> Previous
        </Button>
        <Button disabled={last >= total} onClick={() => onPage(page + 1)}>
          Next <ChevronRight aria-hidden size={14} />
        </Button>
      </div>
    </nav>
  )
}
