'use client'

import { QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { leaveForSignIn } from './auth-service.ts'
import { connect } from './connect.ts'
import { createQueryClient } from './query-client.ts'
import { TRPCProvider } from './trpc-context.ts'

/**
 * Gives its children the client of the server.
 * @param open pages for anyone: a missing session then does not lead to the sign-in page
 */
export function ServerProvider({ open = false, children }: { open?: boolean; children: ReactNode }) {
  const [queryClient] = useState(() => createQueryClient(open ? () => undefined : leaveForSignIn))
  const [trpcClient] = useState(connect)
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  )
}
