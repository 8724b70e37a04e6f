import { TriangleAlert } from 'lucide-react'
import { isLoopback } from './is-loopback.ts'

/** Warns that a command with this page's address works on this machine only. */
export function LoopbackWarning({ machine }: { machine: string }) {
  const { origin, hostname } = window.location
  if (!isLoopback(hostname)) return null
  return (
    <p className="mt-1.5 flex items-start gap-1.5 text-warn">
      <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0" />
      <span>
        {origin} works on this machine only. For {machine}, replace the address with one that reaches this server from
        there.
      </span>
    </p>
  )
}
