import type { ReactNode } from 'react'
import { buttonClass } from '../../ui/control/button.tsx'
import { Mark } from './mark.tsx'

/** A full page for a failure or a wrong address, with the way back. */
export function Interruption({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-md flex-col justify-center px-5 py-12">
      <title>{`${title.replace(/\.$/, '')} · Slashzero`}</title>
      <p className="mb-8 flex items-center gap-2.5 font-semibold tracking-tight">
        <Mark size={26} /> Slashzero
      </p>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <div className="mt-1 text-muted">{children}</div>
      <div className="mt-5 flex gap-2">
        {action}
        {/* oxlint-disable-next-line next/no-html-link-for-pages -- after a failure, a full load starts with fresh state */}
        <a href="/" className={buttonClass(action === undefined ? 'primary' : 'plain')}>
          Go to the fleet
        </a>
      </div>
    </main>
  )
}
