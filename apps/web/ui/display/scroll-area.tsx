import type { ReactNode } from 'react'

/** Where a wide table scrolls; reachable by keyboard. */
export function ScrollArea({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must take the focus to be scrolled by keys
    <section aria-label={`Table: ${label}`} tabIndex={0} className="overflow-auto">
      {children}
    </section>
  )
}
