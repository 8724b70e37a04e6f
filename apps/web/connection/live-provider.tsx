'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { useTRPC } from './trpc-context.ts'
import { useInvalidation } from './use-invalidation.ts'

/** The time between two readings while the stream is down. */
export const POLL_SECONDS = 15
const REOPEN_MILLISECONDS = 5000
const NEXT_MILLISECONDS = 200

/** `connecting` is the first attempt; `since` is the browser's clock in milliseconds. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'down'; readonly since: number }

const LiveConnection = createContext<Connection>({ state: 'connecting' })

/** Whether changes reach this page as they happen. */
export function useConnection(): Connection {
  return use(LiveConnection)
}

/**
 * Keeps one event stream open and reads again what the stream names. While the stream is down, reads everything every
 * POLL_SECONDS.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const { note, opened } = useInvalidation()
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  const goDown = () =>
    setConnection((before) => (before.state === 'down' ? before : { state: 'down', since: Date.now() }))
  const { status, reset } = useSubscription(
    trpc.live.changes.subscriptionOptions(undefined, {
      onData: note,
      onError: goDown,
      onConnectionStateChange: ({ state, error }) => {
        if (error) goDown()
        if (state !== 'pending') return
        opened(connection.state === 'down')
        setConnection({ state: 'live' })
      },
    }),
  )

  // A stream that the server closed in order is not a failure: open the next at once.
  const reopenAfter = status === 'error' ? REOPEN_MILLISECONDS : status === 'idle' ? NEXT_MILLISECONDS : null
  useEffect(() => {
    if (reopenAfter === null) return undefined
    const timer = setInterval(reset, reopenAfter)
    return () => clearInterval(timer)
  }, [reopenAfter, reset])

  const isDown = connection.state === 'down'
  useEffect(() => {
    if (!isDown) return undefined
    const timer = setInterval(() => void queryClient.invalidateQueries(), POLL_SECONDS * 1000)
    return () => clearInterval(timer)
  }, [isDown, queryClient])

  return <LiveConnection value={connection}>{children}</LiveConnection>
}
