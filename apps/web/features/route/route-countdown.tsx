'use client'

import type { VmResource } from '@slashzero/contract/rest'
import { useCallback } from 'react'
import { useServerClock } from '../../connection/server-clock.tsx'
import { formatInstantInFull } from '../../ui/words/format-instant.ts'
import { describeCountdown } from './describe-countdown.ts'

/** When a VM's route ends, updated every second. The title shows the basis of the figure. */
export function RouteCountdown({ countdown }: { countdown: NonNullable<VmResource['countdown']> }) {
  const { endsAt, basis, renewable } = countdown
  const end = useServerClock(
    useCallback((now: number) => describeCountdown({ endsAt, basis, renewable }, now).end, [endsAt, basis, renewable]),
  )
  const titleOf = () => `${formatInstantInFull(Date.parse(endsAt))}. ${describeCountdown(countdown, 0).basis}`
  return (
    <time
      dateTime={endsAt}
      onPointerEnter={({ currentTarget }) => (currentTarget.title = titleOf())}
      className={`block text-[12px] ${renewable ? 'text-muted' : 'text-warn'}`}
    >
      {end}
    </time>
  )
}
