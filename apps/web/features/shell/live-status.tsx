'use client'

import { Radio, RefreshCwOff } from 'lucide-react'
import { useOffline } from 'next/offline'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { formatDuration } from '../../ui/words/format-duration.ts'
import { POLL_SECONDS, useConnection } from '../../connection/live/live-provider.tsx'

/** Whether changes reach this page as they happen. */
export function LiveStatus() {
  const connection = useConnection()
  const isWaiting = useOffline()
  if (isWaiting) return <Waiting />
  if (connection.state === 'down') return <Reconnecting since={connection.since} />
  if (connection.state === 'idle') return null
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

/** A navigation cannot reach the server: Next tries again until it can. */
function Waiting() {
  return (
    <output
      title="The next page opens as soon as the server answers."
      className="flex items-center gap-1.5 rounded-full border border-warn-line bg-warn-wash px-2.5 py-0.5 text-[12.5px] whitespace-nowrap text-warn"
    >
      <RefreshCwOff aria-hidden size={13} /> Waiting for the server
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
