'use client'

import { Radio, RefreshCwOff } from 'lucide-react'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { useConnection } from '../../connection/live-provider.tsx'

/** Whether what is on show moves as it happens, in words. */
export function LiveStatus() {
  const connection = useConnection()
  if (connection.state === 'down') return <Reconnecting since={connection.since} />
  const isLive = connection.state === 'live'
  return (
    <output
      title={isLive ? 'Changes are shown as they happen.' : undefined}
      className="flex items-center gap-1.5 text-[12.5px] whitespace-nowrap text-muted"
    >
      <Radio aria-hidden size={14} className={isLive ? 'text-ok' : ''} /> {isLive ? 'Live' : 'Connecting…'}
    </output>
  )
}

function Reconnecting({ since }: { since: number }) {
  const length = useServerClock(useCallback((now: number) => formatDuration(now - since), [since]))
  return (
    <p
      title="The event stream is down. What is on show is read every 15 s, and the stream is tried again."
      className="flex items-center gap-1.5 rounded-full border border-warn-line bg-warn-wash px-2.5 py-0.5 text-[12.5px] whitespace-nowrap text-warn"
    >
      <RefreshCwOff aria-hidden size={13} /> <output>Reconnecting</output> for {length}
    </p>
  )
}
