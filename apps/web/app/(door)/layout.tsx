import type { ReactNode } from 'react'
import { ServerProvider } from '../../connection/server-provider.tsx'
import { Mark } from '../../features/shell/mark.tsx'

export default function DoorLayout({ children }: { children: ReactNode }) {
  return (
    <ServerProvider open>
      <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center px-5 py-12">
        <p className="mb-8 flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Mark size={28} /> Slashzero
        </p>
        {children}
      </main>
    </ServerProvider>
  )
}
