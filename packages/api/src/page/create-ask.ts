import { callTRPCProcedure } from '@trpc/server'
import type { ApiContext } from '../trpc/procedure.ts'
import { appRouter } from '../trpc/router.ts'
import type { Ask } from './ask.ts'

/** Answers the queries of a page without a request: with the same checks of session, input and output. */
export function createAsk(context: ApiContext): Ask {
  return (path, input) =>
    callTRPCProcedure({
      router: appRouter,
      path,
      getRawInput: () => Promise.resolve(input),
      ctx: context,
      type: 'query',
      signal: undefined,
      batchIndex: 0,
    })
}
