'use client'

import { QueryClientProvider } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { leaveForSignIn } from './auth-service.ts'
import { createQueryClient } from './query-client.ts'

/**
 * Gives its children the data of the server.
 * @param open pages for anyone: a missing session then does not lead to the sign-in page
 */
export function ServerProvider({ open = false, children }: { open?: boolean; children: ReactNode }) {
  const [queryClient] = useState(() => createQueryClient(open ? () => undefined : leaveForSignIn))
  return <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
}
