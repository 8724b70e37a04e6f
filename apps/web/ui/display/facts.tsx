import type { ReactNode } from 'react'

/** The most wanted figures, side by side. */
export function Facts({ className, children }: { className: string; children: ReactNode }) {
  return (
    <dl className={`grid gap-px overflow-hidden rounded-xl border border-line bg-panel ${className}`}>{children}</dl>
  )
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-4 py-2.5 shadow-[0_0_0_1px_var(--line)]">
      <dt className="truncate text-[12px] text-muted">{name}</dt>
      <dd className="mt-0.5 text-[15px] font-medium">{children}</dd>
    </div>
  )
}
