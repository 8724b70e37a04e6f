import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { LiveProvider } from '../../connection/live-provider.tsx'
import { readTheme } from '../../features/shell/theme.ts'
import { ServerProvider } from '../../connection/server-provider.tsx'
import { DemoBanner } from '../../features/demo/demo-banner.tsx'
import { Header } from '../../features/shell/header.tsx'

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get('theme')?.value)
  return (
    <ServerProvider>
      <LiveProvider>
        <Header theme={theme} />
        <DemoBanner />
        <main id="main" tabIndex={-1} className="mx-auto max-w-[1480px] px-4 py-6 outline-none sm:px-6 sm:py-8">
          {children}
        </main>
      </LiveProvider>
    </ServerProvider>
  )
}
