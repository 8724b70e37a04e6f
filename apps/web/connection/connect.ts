import type { AppRouter } from '@slashzero/api'
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'

const URL = '/trpc'

/** Asked for alone, so that a slow answer does not hold back the others of the same moment. */
export const alone = { trpc: { context: { alone: true } } } as const

/** The way to the server: one event stream, and requests of one moment in one batch. */
export function connect() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: URL }),
        false: splitLink({
          condition: (operation) => operation.context['alone'] === true,
          true: httpLink({ url: URL }),
          false: httpBatchLink({ url: URL, maxURLLength: 6000 }),
        }),
      }),
    ],
  })
}
