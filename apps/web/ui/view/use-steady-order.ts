'use client'

import { useMemo, useState, type FocusEvent } from 'react'
import { keepOrder } from './keep-order.ts'

/**
 * Keeps rows in place while the reader points at them or walks through them by keys. Rows that arrive meanwhile stand
 * last. @param view names the reader's filter and search; a change of `view` releases the order
 */
export function useSteadyOrder<Row extends { readonly id: string }>(rows: readonly Row[], view: string) {
  const [held, setHeld] = useState<{ readonly view: string; readonly order: readonly string[] } | null>(null)
  const order = held !== null && held.view === view ? held.order : null
  const steady = useMemo(() => (order === null ? rows : keepOrder(rows, order)), [rows, order])
  const hold = () => setHeld((before) => (before?.view === view ? before : { view, order: rows.map(({ id }) => id) }))
  const release = () => setHeld(null)
  return {
    rows: steady,
    /** Whether the order differs from the one of `rows`. */
    isHeld: steady.some(({ id }, index) => rows[index]?.id !== id),
    /** For the element around the rows. */
    handlers: {
      onPointerEnter: hold,
      onPointerLeave: release,
      onFocus: (event: FocusEvent) => event.target.matches(':focus-visible') && hold(),
      onBlur: (event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && release(),
    },
  }
}
