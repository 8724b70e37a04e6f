'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { useTRPC } from '../trpc/trpc-context.ts'
import { useInvalidation } from './use-invalidation.ts'

const POLL_MILLISECONDS = 15_000
const REOPEN_MILLISECONDS = 5000

/** `connecting` is the first attempt; `down` says since when there is no stream, in the browser's milliseconds. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'down'; readonly since: number }

const LiveConnection = createContext<Connection>({ state: 'connecting' })

/** Whether changes reach this page as they happen. */
export function useConnection(): Connection {
  return use(LiveConnection)
}

/** Keeps one event stream open; what it names is read again. While it is down, all that is on show is read every 15 s. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const invalidation = useInvalidation()
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  const goDown = () => setConnection((before) => (before.state === 'down' ? before : { state: 'down', since: Date.now() }))
  const subscription = useSubscription(
    trpc.live.changes.subscriptionOptions(undefined, {
      onData: (change) => invalidation.note(change.hypervisorId),
      onError: goDown,
      onConnectionStateChange: ({ state, error }) => {
        if (state === 'pending') setConnection({ state: 'live' })
        else if (state === 'idle' || error) goDown()
      },
    }),
  )

  const { status, reset } = subscription
  const isClosed = status === 'error' || (status === 'idle' && connection.state === 'down')
  useEffect(() => {
    if (!isClosed) return undefined
    const timer = setInterval(reset, REOPEN_MILLISECONDS)
    return () => clearInterval(timer)
  }, [isClosed, reset])

  const isDown = connection.state === 'down'
  useEffect(() => {
    if (!isDown) return undefined
    const readAll = () => void queryClient.invalidateQueries()
    const timer = setInterval(readAll, POLL_MILLISECONDS)
    return () => {
      clearInterval(timer)
      // What moved while the stream was down was told to nobody.
      readAll()
    }
  }, [isDown, queryClient])

  return <LiveConnection value={connection}>{children}</LiveConnection>
}
