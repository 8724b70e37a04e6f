'use client'

import type { AppRouter } from '@slashzero/api'
import { createTRPCContext } from '@trpc/tanstack-react-query'

/** `useTRPC()` names every procedure of the server, with its types. */
export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>()
