'use client'

import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { useUrlState, type UrlPatch } from '../view/use-url-state.ts'

/** A column's head that sorts by the column, by a change of the URL. */
export function SortHeader({
  title,
  order,
  patch,
  right,
  className,
}: {
  title: string
  /** The order of the list by this column; null if another column decides. */
  order: 'ascending' | 'descending' | null
  /** What a press changes in the URL. */
  patch: UrlPatch
  right?: boolean
  className?: string
}) {
  const { set } = useUrlState()
  const Icon = order === null ? ChevronsUpDown : order === 'descending' ? ArrowDown : ArrowUp
  return (
    <th scope="col" aria-sort={order ?? 'none'} data-right={right} className={className}>
      <button
        type="button"
        onClick={() => set(patch, 'push')}
        className={`inline-flex items-center gap-1 hover:text-ink ${order === null ? '' : 'text-ink'}`}
      >
        {title} <Icon aria-hidden size={12} className={order === null ? 'text-faint' : ''} />
      </button>
    </th>
  )
}
