'use client'

import type { VmListQuery } from '@slashzero/contract/page'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { useUrlState } from '../../ui/view/use-url-state.ts'

/**
 * A column's head that sorts by the column; a second press reverses the order. Without a query the head is only its
 * title.
 */
export function SortHeader({
  sort,
  title,
  query,
}: {
  sort: VmListQuery['sort']
  title: string
  query: VmListQuery | undefined
}) {
  const { set } = useUrlState()
  if (!query) return <th scope="col">{title}</th>
  const isChosen = query.sort === sort
  const order = isChosen ? (query.descending ? 'descending' : 'ascending') : 'none'
  const Icon = isChosen ? (query.descending ? ArrowDown : ArrowUp) : ChevronsUpDown
  const choose = () => set({ sort, descending: isChosen && !query.descending ? 'true' : null, page: null }, 'push')
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        onClick={choose}
        className={`inline-flex items-center gap-1 hover:text-ink ${isChosen ? 'text-ink' : ''}`}
      >
        {title} <Icon aria-hidden size={12} className={isChosen ? '' : 'text-faint'} />
      </button>
    </th>
  )
}
