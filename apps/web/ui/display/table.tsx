import type { ReactNode } from 'react'
import { Term } from './tooltip.tsx'

/** A wide table that scrolls, also by keyboard. `table-cards` shows each row as a card on a narrow screen. */
export function Table({ label, className, children }: { label: string; className: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region needs the focus to scroll by keys
    <section aria-label={`Table: ${label}`} tabIndex={0} className="overflow-auto">
      <table className={className}>{children}</table>
    </section>
  )
}

/** The titles of the columns. */
export function Columns({ children }: { children: ReactNode }) {
  return (
    <thead>
      <tr>{children}</tr>
    </thead>
  )
}

type ColumnProps = { about?: string; right?: boolean; className?: string; children: ReactNode }

/** The title of a column; `about` explains the title, and `right` aligns figures. */
export function Column({ about, right, className, children }: ColumnProps) {
  return (
    <th scope="col" data-right={right} className={className}>
      {about === undefined ? children : <Term explanation={about}>{children}</Term>}
    </th>
  )
}
