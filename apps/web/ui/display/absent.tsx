import type { ReactNode } from 'react'

/** An unknown or missing value, in words and never as a zero. */
export function Absent({ children }: { children: ReactNode }) {
  return <span className="text-faint sm:whitespace-nowrap">{children}</span>
}
