import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { DemoTag } from './demo-tag.tsx'
import { InlineName } from './name.tsx'

/** The way back to the list, the name of the thing on this page, and its status. */
export function Trail({
  list,
  of: { name, demo },
  children,
}: {
  list: { readonly href: string; readonly name: string }
  of: { readonly name: string; readonly demo: boolean }
  /** The badge of the status. */
  children: ReactNode
}) {
  return (
    <nav aria-label="Location" className="mb-4 flex flex-wrap items-center gap-1.5 text-[13px] text-muted">
      <Link href={list.href} className="hover:text-ink hover:underline">
        {list.name}
      </Link>
      <ChevronRight aria-hidden size={13} />
      <span className="text-ink">
        <InlineName>{name}</InlineName>
      </span>
      {children}
      {demo && <DemoTag />}
    </nav>
  )
}
