import type { ReactNode } from 'react'

/** What is not known or not there, in words and never as a zero. */
export function Absent({ children }: { children: ReactNode }) {
  return <span className="text-faint sm:whitespace-nowrap">{children}</span>
}
