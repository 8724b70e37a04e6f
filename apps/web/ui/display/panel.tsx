import { useId, type ReactNode } from 'react'

/** A titled part of a page. Wide content scrolls inside the panel, never the page. */
export function Panel({
  title,
  note,
  tools,
  children,
}: {
  title: string
  /** The content of the panel in one line. */
  note?: ReactNode
  tools?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-xl border border-line bg-panel">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3">
        <div className="min-w-0">
          <h2 id={id} className="text-[13px] font-semibold">
            {title}
          </h2>
          {note !== undefined && <p className="mt-0.5 text-[12.5px] text-muted">{note}</p>}
        </div>
        {tools}
      </header>
      {children}
    </section>
  )
}
