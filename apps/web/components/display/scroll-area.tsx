import type { HTMLAttributes, ReactNode } from 'react'

type Handlers = Pick<HTMLAttributes<HTMLElement>, 'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur'>

/** Where a wide table scrolls; reachable by keyboard. */
export function ScrollArea({ label, children, ...handlers }: Handlers & { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must take the focus to be scrolled by keys
    <section {...handlers} aria-label={`Table: ${label}`} tabIndex={0} className="overflow-auto">
      {children}
    </section>
  )
}
