import { TriangleAlert } from 'lucide-react'
import { isLoopback } from './is-loopback.ts'

/** Where the page was opened under an address that means each machine itself, a command with it serves no other. */
export function LoopbackWarning({ machine }: { machine: string }) {
  const { origin, hostname } = window.location
  if (!isLoopback(hostname)) return null
  return (
    <p className="mt-1.5 flex items-start gap-1.5 text-warn">
      <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0" />
      <span>
        {origin} is this machine only. For {machine}, write an address in its place under which it reaches this server.
      </span>
    </p>
  )
}
