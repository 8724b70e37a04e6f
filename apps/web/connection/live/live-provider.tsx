'use client'

import type { Watched } from '@slashzero/contract/page'
import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react'
import { openStream } from './open-stream.ts'
import { useChanges } from './use-changes.ts'
import { joinWatched, WatchList, type AddWatched } from './use-watched.ts'

/** The time between two readings while the stream is down. */
export const POLL_SECONDS = 15
/** Data that is younger when the stream opens needs no second reading. */
const FRESH_MILLISECONDS = 3000
/** Parts of a page mount one after the other; the stream opens once for all of them. */
const SETTLE_MILLISECONDS = 100

/** `idle`: the page shows nothing live. `since` is the browser's clock in milliseconds. */
export type Connection =
  | { readonly state: 'idle' | 'connecting' | 'live' }
  | { readonly state: 'down'; readonly since: number }

const IDLE: Connection = { state: 'idle' }
const LiveConnection = createContext<Connection>({ state: 'connecting' })

/** Whether changes reach this page as they happen. */
export function useConnection(): Connection {
  return use(LiveConnection)
}

/**
 * Keeps one stream of the changes of what the page shows. While the stream is down, reads the data on show every
 * POLL_SECONDS. A hidden page has no stream and reads once when it is visible again.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient()
  const apply = useChanges()
  const { watched, add } = useWatchList()
  const isVisible = useSyncExternalStore(onVisibility, isPageVisible, () => true)
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  const missed = useRef(false)
  const wasEverOpen = useRef(false)

  const goDown = useEffectEvent(() => {
    missed.current = true
    setConnection((before) => (before.state === 'down' ? before : { state: 'down', since: Date.now() }))
  })
  const goLive = useEffectEvent((again: boolean) => {
    const isLate = again || missed.current
    const oldest = Date.now() - FRESH_MILLISECONDS
    // A stream that opens because the page shows other rows has missed nothing.
    if (isLate || !wasEverOpen.current)
      void queryClient.invalidateQueries({ predicate: ({ state }) => isLate || isOlder(state, oldest) })
    missed.current = false
    wasEverOpen.current = true
    setConnection({ state: 'live' })
  })
  const change = useEffectEvent(apply)

  useEffect(() => {
    if (watched == null) return undefined
    if (!isVisible) {
      missed.current = true
      return undefined
    }
    return openStream(watched, { onOpen: goLive, onDown: goDown, onChange: change })
  }, [watched, isVisible])

  const isPolling = connection.state === 'down' && isVisible
  useEffect(() => {
    if (!isPolling) return undefined
    const timer = setInterval(() => void queryClient.invalidateQueries(), POLL_SECONDS * 1000)
    return () => clearInterval(timer)
  }, [isPolling, queryClient])

  return (
    <WatchList value={add}>
      <LiveConnection value={watched === null ? IDLE : connection}>{children}</LiveConnection>
    </WatchList>
  )
}

/** What the parts of the page watch together: null for nothing, undefined until the parts have mounted. */
function useWatchList(): { readonly watched: Watched | null | undefined; readonly add: AddWatched } {
  const parts = useRef(new Map<object, Watched>())
  const [watched, setWatched] = useState<Watched | null>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const settle = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const all = joinWatched(parts.current.values())
      const joined = all.hypervisors.length === 0 && !all.totals ? null : all
      setWatched((before) => (JSON.stringify(before) === JSON.stringify(joined) ? before : joined))
    }, SETTLE_MILLISECONDS)
  }, [])
  useEffect(settle, [settle])
  const add = useCallback<AddWatched>(
    (part) => {
      const key = {}
      parts.current.set(key, part)
      settle()
      return () => {
        parts.current.delete(key)
        settle()
      }
    },
    [settle],
  )
  return { watched, add }
}

/** Whether a query has data from before a time. A query that failed has none. */
function isOlder({ data, dataUpdatedAt }: { data: unknown; dataUpdatedAt: number }, oldest: number): boolean {
  return data !== undefined && dataUpdatedAt < oldest
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

function isPageVisible(): boolean {
  return !document.hidden
}
