import { formatShare } from '../../ui/words/format-count.ts'

/** How much of the demo fleet has been sent. */
export function DemoProgress({ progress }: { progress: number | null }) {
  return (
    <div className="flex items-center gap-2 text-[12.5px] text-muted">
      <progress aria-label="Demo fleet loaded" value={progress ?? undefined} max={1} className="h-1.5 w-40" />
      <span>{progress === null ? 'starting' : formatShare(progress)}</span>
    </div>
  )
}
