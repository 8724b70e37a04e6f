import type { LucideIcon } from 'lucide-react'
import Link from 'next/link'
import { EmptyState } from './empty-state.tsx'

/** A page whose address names nothing that the server knows. */
export function NotFound({
  icon,
  what,
  because,
  list,
}: {
  icon: LucideIcon
  /** `VM` */
  what: string
  /** Why a right address may name nothing: `the hypervisor was removed`. */
  because: string
  list: { readonly href: string; readonly name: string }
}) {
  return (
    <>
      <title>{`${what} not found · Slashzero`}</title>
      <EmptyState icon={icon} title={`${what} not found.`} isPage>
        The address is wrong, or {because}.{' '}
        <Link href={list.href} className="text-link">
          Back to {list.name}
        </Link>
      </EmptyState>
    </>
  )
}
