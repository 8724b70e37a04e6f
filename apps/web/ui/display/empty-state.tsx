import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** The text of a part with nothing to show, and what the reader can do. */
export function EmptyState({
  icon: Icon,
  title,
  isPage = false,
  children,
}: {
  icon: LucideIcon
  title: string
  /** Whether the text stands for the whole page. */
  isPage?: boolean
  children?: ReactNode
}) {
  const Title = isPage ? 'h1' : 'p'
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <span className="mb-3 flex size-10 items-center justify-center rounded-full border border-line bg-raised text-muted">
        <Icon aria-hidden size={18} />
      </span>
      <Title className="font-medium">{title}</Title>
      <div className="mt-1 max-w-md text-[13px] text-muted empty:hidden">{children}</div>
    </div>
  )
}
