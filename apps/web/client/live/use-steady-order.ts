'use client'

import { useMemo, useState, type FocusEvent } from 'react'
import { keepOrder } from './keep-order.ts'

/**
 * Keeps rows where they are while the reader points at them or walks through them by keys: what one is about to press does not
 * move away. What comes anew meanwhile stands at the end.
 */
export function useSteadyOrder<Row extends { readonly id: string }>(rows: readonly Row[]) {
  const [order, setOrder] = useState<readonly string[] | null>(null)
  const steady = useMemo(() => (order === null ? rows : keepOrder(rows, order)), [rows, order])
  const hold = () => setOrder((before) => before ?? rows.map(({ id }) => id))
  const release = () => setOrder(null)
  return {
    rows: steady,
    /** Whether the rows would stand otherwise. */
    isHeld: steady.some(({ id }, index) => rows[index]?.id !== id),
    handlers: {
      onPointerEnter: hold,
      onPointerLeave: release,
      onFocus: (event: FocusEvent) => event.target.matches(':focus-visible') && hold(),
      onBlur: (event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && release(),
    },
  }
}
