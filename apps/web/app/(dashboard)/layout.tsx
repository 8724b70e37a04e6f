import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { LiveProvider } from '../../connection/live/live-provider.tsx'
import { readTheme } from '../../features/shell/theme.ts'
import { Prefetched } from '../../connection/prefetched.tsx'
import { readTimeZone, TIME_ZONE_COOKIE } from '../../connection/time-zone.ts'
import { TimeZone } from '../../connection/use-time-zone.tsx'
import { ServerProvider } from '../../connection/server-provider.tsx'
import { DemoBanner } from '../../features/demo/demo-banner.tsx'
import { Header } from '../../features/shell/header.tsx'

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  const theme = readTheme(jar.get('theme')?.value)
  const zone = readTimeZone(jar.get(TIME_ZONE_COOKIE)?.value)
  return (
    <ServerProvider>
      <LiveProvider>
        <TimeZone zone={zone}>
          <Header theme={theme} />
          <Prefetched read={(queries, trpc) => [queries.prefetchQuery(trpc.demo.status.queryOptions())]}>
            <DemoBanner />
          </Prefetched>
          <main id="main" tabIndex={-1} className="mx-auto max-w-[1480px] px-4 py-6 outline-none sm:px-6 sm:py-8">
            {children}
          </main>
        </TimeZone>
      </LiveProvider>
    </ServerProvider>
  )
}
