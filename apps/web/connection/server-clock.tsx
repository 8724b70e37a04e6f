'use client'

import { createContext, use, useCallback, useMemo, useSyncExternalStore, type ReactNode } from 'react'

/** `offset`: the server's clock minus the browser's; `renderedAt`: the server's clock at the response; milliseconds. */
const Clock = createContext<{ readonly offset: number; readonly renderedAt: number }>({ offset: 0, renderedAt: 0 })

/**
 * Gives its children the server's clock, so that ages are right even if the browser's clock is wrong. `now`: the
 * server's clock at the response, ISO 8601. `receivedAt`: the browser's clock then, in milliseconds.
 */
export function ServerClock({ now, receivedAt, children }: { now: string; receivedAt: number; children: ReactNode }) {
  const clock = useMemo(
    () => ({ offset: Date.parse(now) - receivedAt, renderedAt: Date.parse(now) }),
    [now, receivedAt],
  )
  return <Clock value={clock}>{children}</Clock>
}

/**
 * The result of `read` on the server's clock, every second. The caller renders again only when the result changes.
 * HTML of the server and the browser's first rendering both take the time of the response, so that they agree.
 */
export function useServerClock<Reading extends string | number | boolean>(read: (now: number) => Reading): Reading {
  const { offset, renderedAt } = use(Clock)
  const snapshot = useCallback(() => read(Date.now() + offset), [read, offset])
  return useSyncExternalStore(everySecond, snapshot, () => read(renderedAt))
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
