const items = {
  live: { label: 'Live memberships', swatch: 'bg-live' },
  stale: { label: 'Stale memberships', swatch: 'hatch-stale' },
  unsplit: { label: 'Used, live or stale', swatch: 'bg-unsplit' },
  unmeasured: { label: 'Not measured', swatch: 'hatch-unmeasured border border-dashed border-unknown-line' },
  'no-report': { label: 'No report', swatch: 'border border-line-strong bg-raised' },
} as const

export type LegendItem = keyof typeof items

/** The meaning of the colours and patterns in a chart. */
export function ChartLegend({ items: shown }: { items: readonly LegendItem[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[12px] text-muted">
      {shown.map((item) => (
        <li key={item} className="flex items-center gap-1.5">
          <span aria-hidden className={`size-3 rounded-[3px] ${items[item].swatch}`} />
          {items[item].label}
        </li>
      ))}
    </ul>
  )
}
