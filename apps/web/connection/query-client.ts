import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { describeFailure } from './describe-failure.ts'

const REFUSALS = new Set(['refused', 'signed-out'])

/**
 * The data that pages read from the server. Data stays on show while the next read runs, and if that read fails.
 * @param onSignedOut is called when the server asks for a session
 */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (describeFailure(error).kind === 'signed-out') onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // A browser in a closed network often believes wrongly that it is offline.
        networkMode: 'always',
        staleTime: 2000,
        // The stream of changes says when to read again, also after a time in the background.
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && !REFUSALS.has(describeFailure(error).kind),
        retryDelay: (attempt) => 1000 * 2 ** attempt,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
