import { ServerOff } from 'lucide-react'
import Link from 'next/link'
import { EmptyState } from '../../ui/display/empty-state.tsx'

/** The address names a hypervisor that is not there, or no longer. */
export function UnknownHypervisor() {
  return (
    <>
      <title>No such hypervisor · Slashzero</title>
      <EmptyState icon={ServerOff} title="There is no such hypervisor." isPage>
        The address may be mistyped, or it was removed.{' '}
        <Link href="/" className="text-link">
          Back to the fleet
        </Link>
      </EmptyState>
    </>
  )
}
