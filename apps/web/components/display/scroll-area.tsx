import type { ReactNode } from 'react'

/** Where a wide or long table scrolls; reachable by keyboard. */
export function ScrollArea({ label, tall = false, children }: { label: string; tall?: boolean; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must take the focus to be scrolled by keys
    <section aria-label={`Table: ${label}`} tabIndex={0} className={`overflow-auto ${tall ? 'max-h-[70vh]' : ''}`}>
      {children}
    </section>
  )
}
