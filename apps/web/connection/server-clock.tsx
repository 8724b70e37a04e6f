'use client'

import { createContext, use, useCallback, useSyncExternalStore, type ReactNode } from 'react'

const ClockOffset = createContext(0)

/**
 * Gives its children the server's clock, so that ages are right even if the browser's clock is wrong. `now`: the
 * server's clock at the response, ISO 8601. `receivedAt`: the browser's clock then, in milliseconds.
 */
export function ServerClock({ now, receivedAt, children }: { now: string; receivedAt: number; children: ReactNode }) {
  const offset = Date.parse(now) - receivedAt
  return <ClockOffset value={offset}>{children}</ClockOffset>
}

/** The result of `read` on the server's clock, every second. The caller renders again only when the result changes. */
export function useServerClock<Reading extends string | number | boolean>(read: (now: number) => Reading): Reading {
  const offset = use(ClockOffset)
  const snapshot = useCallback(() => read(Date.now() + offset), [read, offset])
  return useSyncExternalStore(everySecond, snapshot, snapshot)
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function everySecond(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => listeners.forEach((tick) => tick()), 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
