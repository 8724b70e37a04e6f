import type { HeadroomDescription } from './describe-headroom.ts'

/** How much of a sender socket's limit is used: live solid, stale hatched, the rest free. */
export function HeadroomBar({ headroom, full }: { headroom: HeadroomDescription; full: boolean }) {
  const { bar, text, words } = headroom
  return (
    <div title={words} className="min-w-0">
      <span className="sr-only">{words}</span>
      {bar === null ? (
        <div aria-hidden className="hatch-unmeasured h-2.5 rounded-[3px] border border-dashed border-unknown-line" />
      ) : (
        <div
          aria-hidden
          className={`flex h-2.5 overflow-hidden rounded-[3px] bg-raised ring-1 ${full ? 'ring-danger' : 'ring-line'}`}
        >
          <div className="bg-live" style={{ width: percent(bar.live) }} />
          <div className="hatch-stale" style={{ width: percent(bar.stale) }} />
          <div className="bg-unsplit" style={{ width: percent(bar.unsplit) }} />
        </div>
      )}
      <p aria-hidden className="mt-1 truncate text-[12px] text-muted">
        {text}
      </p>
    </div>
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}
