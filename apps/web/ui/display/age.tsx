'use client'

import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { formatAge, formatDuration, formatUntil } from '../words/format-duration.ts'
import { formatInstantInFull } from '../words/format-instant.ts'

const ways = {
  /** `14 min ago` */
  age: formatAge,
  /** `14 min` */
  duration: (at: number, now: number) => formatDuration(now - at),
  /** `in 3 h` */
  until: formatUntil,
} as const

/** The distance of a time from now, updated every second. The title shows the time itself. */
export function Age({ at, as = 'age' }: { at: string; as?: keyof typeof ways }) {
  const instant = Date.parse(at)
  const text = useServerClock(useCallback((now: number) => ways[as](instant, now), [instant, as]))
  return (
    <time
      dateTime={at}
      // A page has hundreds of times, and a reader points at few of them.
      onPointerEnter={({ currentTarget }) => (currentTarget.title = formatInstantInFull(instant))}
      className="whitespace-nowrap"
    >
      {text}
    </time>
  )
}
