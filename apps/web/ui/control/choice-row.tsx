'use client'

import Link from 'next/link'
import type { MouseEvent, ReactNode } from 'react'

export type Choice = {
  readonly key: string
  readonly label: ReactNode
  readonly href: string
  readonly chosen: boolean
}

/** A row of views of one page to choose from. Each view has its own URL. */
export function ChoiceRow({ label, choices }: { label: string; choices: readonly Choice[] }) {
  return (
    <nav aria-label={label} className="max-w-full overflow-x-auto rounded-lg">
      <ul className="inline-flex gap-0.5 rounded-lg border border-line bg-raised p-0.5">
        {choices.map(({ key, label: content, href, chosen }) => (
          <li key={key}>
            <Link
              href={href}
              scroll={false}
              prefetch={false}
              onClick={chooseHere}
              aria-current={chosen ? 'true' : undefined}
              className={`flex min-h-7 items-center gap-1.5 rounded-md px-2.5 text-[13px] whitespace-nowrap transition-colors focus-visible:-outline-offset-2 ${
                chosen
                  ? 'bg-panel font-medium text-ink shadow-[0_0_0_1px_var(--line-strong)]'
                  : 'text-muted hover:text-ink'
              }`}
            >
              {content}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Changes the URL without a request to the server. With a modifier key the browser opens its tab or window. */
function chooseHere(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  window.history.pushState(null, '', event.currentTarget.href)
}
