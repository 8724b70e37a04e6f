'use client'

import { FlaskConical } from 'lucide-react'
import dynamic from 'next/dynamic'
import { formatShare } from '../../ui/words/format-count.ts'
import { useDemoStatus } from './use-demo-status.ts'

const DemoPresent = dynamic(() => import('./demo-present.tsx').then((module) => module.DemoPresent))

/** Says on every page that some hypervisors are simulated, and removes them. */
export function DemoBanner() {
  const status = useDemoStatus()
  if (status?.state !== 'present' && status?.state !== 'loading') return null
  return (
    <aside aria-label="Demo data" className="border-b border-line bg-accent-wash">
      <div className="mx-auto flex min-h-8 max-w-[1480px] flex-wrap items-center gap-x-2 px-4 py-1.5 text-[13px] sm:px-6">
        <FlaskConical aria-hidden size={14} className="text-accent" />
        {status.state === 'loading' ? <DemoProgress progress={status.progress} /> : <DemoPresent status={status} />}
      </div>
    </aside>
  )
}

function DemoProgress({ progress }: { progress: number | null }) {
  return (
    <>
      The demo fleet and its history are loading.
      <span className="flex items-center gap-2 text-[12.5px] text-muted">
        <progress aria-label="Demo fleet loaded" value={progress ?? undefined} max={1} className="h-1.5 w-40" />
        {progress === null ? 'starting' : formatShare(progress)}
      </span>
    </>
  )
}
