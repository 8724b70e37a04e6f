'use client'

import { Radio, RefreshCwOff } from 'lucide-react'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { POLL_SECONDS, useConnection } from '../../connection/live-provider.tsx'

/** Whether changes reach this page as they happen. */
export function LiveStatus() {
  const connection = useConnection()
  if (connection.state === 'down') return <Reconnecting since={connection.since} />
  const isLive = connection.state === 'live'
  return (
    <output
      title={isLive ? 'This page shows changes as they happen.' : undefined}
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
      title={`The event stream is down. This page reads its data every ${POLL_SECONDS} s and tries to reconnect.`}
      className="flex items-center gap-1.5 rounded-full border border-warn-line bg-warn-wash px-2.5 py-0.5 text-[12.5px] whitespace-nowrap text-warn"
    >
      <RefreshCwOff aria-hidden size={13} /> <output>Reconnecting</output> for {length}
    </p>
  )
}
