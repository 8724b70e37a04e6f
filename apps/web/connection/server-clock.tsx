'use client'

import { createContext, use, useCallback, useSyncExternalStore, type ReactNode } from 'react'

const ClockOffset = createContext(0)

/**
 * Ages below are counted on the server's clock, so that a browser whose clock is wrong still shows true ones.
 * @param now the server's clock when it answered, ISO 8601
 * @param receivedAt this browser's clock when the answer came, in milliseconds
 */
export function ServerClock({ now, receivedAt, children }: { now: string; receivedAt: number; children: ReactNode }) {
  const offset = Date.parse(now) - receivedAt
  return <ClockOffset value={offset}>{children}</ClockOffset>
}

/** What `read` says of the server's clock, read again every second; the caller renders only when the answer changes. */
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
