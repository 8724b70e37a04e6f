/** The shape of content that loads, so that nothing jumps when the content arrives. */
export function Skeleton({ className }: { className: string }) {
  return <div className={`animate-pulse rounded-md bg-raised ${className}`} />
}

/** The sentence and the table of a page while they load. */
export function PageSkeleton({ label }: { label: string }) {
  return (
    <output aria-label={label} className="block space-y-6">
      <div className="space-y-3">
        <Skeleton className="h-9 w-full max-w-xl" />
        <Skeleton className="h-5 w-full max-w-md" />
      </div>
      <Skeleton className="h-40" />
      <RowsSkeleton />
    </output>
  )
}

export function RowsSkeleton() {
  return (
    <div className="space-y-2">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <Skeleton key={row} className="h-11" />
      ))}
    </div>
  )
}
