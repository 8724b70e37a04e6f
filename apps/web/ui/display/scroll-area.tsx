import type { ReactNode } from 'react'

/** A wide table that scrolls, also by keyboard. */
export function ScrollArea({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region needs the focus to scroll by keys
    <section aria-label={`Table: ${label}`} tabIndex={0} className="overflow-auto">
      {children}
    </section>
  )
}
