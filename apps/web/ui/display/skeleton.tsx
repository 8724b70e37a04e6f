/** The shape of content that loads, so that nothing jumps when the content arrives. */
export function Skeleton({ className }: { className: string }) {
  return <div className={`animate-pulse rounded-md bg-raised ${className}`} />
}

/** The sentence of a page while it loads. */
export function SentenceSkeleton({ label }: { label: string }) {
  return (
    <output aria-label={label} className="block space-y-3">
      <Skeleton className="h-9 w-full max-w-xl" />
      <Skeleton className="h-5 w-full max-w-md" />
    </output>
  )
}

/** A panel while it loads, with about the height of its content. */
export function PanelSkeleton({ label, className = 'h-64' }: { label: string; className?: string }) {
  return (
    <output aria-label={label} className={`block rounded-xl border border-line bg-panel p-4 ${className}`}>
      <Skeleton className="h-full" />
    </output>
  )
}

export function RowsSkeleton({ label }: { label: string }) {
  return (
    <output aria-label={label} className="block space-y-2 p-4">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <Skeleton key={row} className="h-11" />
      ))}
    </output>
  )
}
