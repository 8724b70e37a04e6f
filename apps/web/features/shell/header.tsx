'use client'

import { CircleUser } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import type { Theme } from './theme.ts'
import { LiveStatus } from './live-status.tsx'
import { Mark } from './mark.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

const pages = [
  { href: '/', name: 'Fleet', under: '/hypervisors' },
  { href: '/vms', name: 'VMs', under: '/vms' },
  { href: '/add-hypervisor', name: 'Add hypervisor', under: '/add-hypervisor' },
] as const

/** The head of every page: navigation, live status, theme and account. */
export function Header({ theme }: { theme: Theme }) {
  const pathname = usePathname()
  const isIn = (page: (typeof pages)[number]) => pathname === page.href || pathname.startsWith(page.under)
  return (
    <header className="border-b border-line bg-panel">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <div className="mx-auto flex max-w-[1480px] flex-wrap items-center gap-x-5 px-4 sm:px-6">
        <Link href="/" className="flex h-12 items-center gap-2 font-semibold tracking-tight">
          <Mark /> Slashzero
        </Link>
        <nav aria-label="Main" className="order-last -mx-1 w-full overflow-x-auto sm:order-none sm:w-auto">
          <ul className="flex">
            {pages.map((page) => (
              <li key={page.href}>
                <Link
                  href={page.href}
                  aria-current={isIn(page) ? 'page' : undefined}
                  className={`-mb-px flex h-10 items-center border-b-2 px-3 text-[13.5px] whitespace-nowrap sm:h-12 ${
                    isIn(page) ? 'border-accent font-medium text-ink' : 'border-transparent text-muted hover:text-ink'
                  }`}
                >
                  {page.name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto flex items-center gap-1.5">
          <LiveStatus />
          <ThemeToggle initial={theme} />
          <Link
            href="/account"
            title="Account and API tokens"
            aria-label="Account and API tokens"
            aria-current={pathname === '/account' ? 'page' : undefined}
            className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-ink"
          >
            <CircleUser aria-hidden size={17} />
          </Link>
        </div>
      </div>
    </header>
  )
}
