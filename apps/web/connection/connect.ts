import type { AppRouter } from '@slashzero/api'
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'

const URL = '/trpc'

/** Keeps a request out of the batch, so that a slow response does not delay the others. */
export const alone = { trpc: { context: { alone: true } } } as const

/** The client of the server: one event stream, and simultaneous requests in one batch. */
export function connect() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url: URL }),
        false: splitLink({
          condition: (operation) => operation.context['alone'] === true,
          true: httpLink({ url: URL }),
          false: httpBatchLink({ url: URL, maxURLLength: 6000, maxItems: 20 }),
        }),
      }),
    ],
  })
}
