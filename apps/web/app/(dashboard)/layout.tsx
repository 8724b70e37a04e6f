import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { LiveProvider } from '../../client/live/live-provider.tsx'
import { readTheme } from '../../client/theme/theme.ts'
import { ServerProvider } from '../../client/trpc/server-provider.tsx'
import { DemoBanner } from '../../components/demo/demo-banner.tsx'
import { Header } from '../../components/shell/header.tsx'

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
