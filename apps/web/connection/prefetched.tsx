import { askHere } from '@slashzero/api/page'
import { dehydrate, QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Hydrated } from './hydrated.tsx'
import { createProcedures, type Procedures } from './procedures.ts'

export type Queries = QueryClient

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
  read: (queries: Queries, trpc: Procedures) => readonly Promise<void>[]
  children: ReactNode
}) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const ask = askHere()
  const trpc = createProcedures((_type, path, input) => ask(path, input))
  await withPatience(Promise.all(read(queries, trpc)))
  return <Hydrated state={dehydrate(queries)}>{children}</Hydrated>
}

async function withPatience(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MILLISECONDS)))])
  clearTimeout(timer)
}
