import type { LucideIcon } from 'lucide-react'

/** A button with an icon only. Screen readers read its name, and hovering shows it. */
export function IconButton({ icon: Icon, name, onClick }: { icon: LucideIcon; name: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      onClick={onClick}
      className="inline-flex size-8 items-center justify-center rounded-md text-muted transition-colors hover:bg-raised hover:text-ink"
    >
      <Icon aria-hidden size={16} />
    </button>
  )
}
