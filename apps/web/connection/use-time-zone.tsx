'use client'

import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from 'react'
import { TIME_ZONE_COOKIE } from './time-zone.ts'

const YEAR_SECONDS = 31_536_000
const RenderedZone = createContext('UTC')

/** Gives its children the reader's time zone. `zone`: as the server knows it, from the cookie of an earlier visit. */
export function TimeZone({ zone, children }: { zone: string; children: ReactNode }) {
  useEffect(() => {
    const own = ownZone()
    if (own !== zone)
      document.cookie = `${TIME_ZONE_COOKIE}=${encodeURIComponent(own)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
  }, [zone])
  return <RenderedZone value={zone}>{children}</RenderedZone>
}

/** The reader's time zone. The first rendering takes the zone of the server's HTML, so that the two agree. */
export function useTimeZone(): string {
  const rendered = use(RenderedZone)
  return useSyncExternalStore(neverChanges, ownZone, () => rendered)
}

function ownZone(): string {
  return (known ??= new Intl.DateTimeFormat().resolvedOptions().timeZone)
}

let known: string | undefined

function neverChanges(): () => void {
  return () => {}
}
