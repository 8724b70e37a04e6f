import type { AppRouter } from '@slashzero/api'
import { askHere } from '@slashzero/api/page'
import { dehydrate, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { ReactNode } from 'react'
import { Hydrated } from './hydrated.tsx'

/** A page without its data is better than no page: the browser then reads the data itself. */
const PATIENCE_MILLISECONDS = 2000

/**
 * Reads queries while the server renders, so that the HTML holds their data. The browser reads what fails or takes
 * too long, and shows the failure. @param read starts them: `(queries, trpc) => [queries.prefetchQuery(…)]`
 */
export async function Prefetched({
  read,
  children,
}: {
  read: (queries: QueryClient, trpc: TRPCOptionsProxy<AppRouter>) => readonly Promise<void>[]
  children: ReactNode
}) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const client = createTRPCClient<AppRouter>({ links: [linkHere()] })
  await withPatience(Promise.all(read(queries, createTRPCOptionsProxy<AppRouter>({ client, queryClient: queries }))))
  return <Hydrated state={dehydrate(queries)}>{children}</Hydrated>
}

/** Asks the API of this process instead of sending a request. */
function linkHere(): TRPCLink<AppRouter> {
  const ask = askHere()
  return () =>
    ({ op: { path, input } }) =>
      observable((observer) => {
        ask(path, input).then(
          (data) => {
            observer.next({ result: { data } })
            observer.complete()
          },
          (error: unknown) => observer.error(TRPCClientError.from(new Error('refused', { cause: error }))),
        )
      })
}

async function withPatience(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MILLISECONDS)))])
  clearTimeout(timer)
}
