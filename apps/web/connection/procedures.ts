import type { AppRouter } from '@slashzero/api'
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query'

/** Every query and mutation of the server, with its types: `fleet.page.queryOptions(input)`. */
export type Procedures = TRPCOptionsProxy<AppRouter>

/** Sends one call and resolves to its data. */
export type Caller = (
  type: 'query' | 'mutation',
  path: string,
  input: unknown,
  signal?: AbortSignal,
) => Promise<unknown>

/**
 * Names the procedures for TanStack Query in the form of `@trpc/tanstack-react-query`, with the four methods that pages
 * use: the library itself is a tenth of the first view's JavaScript.
 */
export function createProcedures(caller: Caller): Procedures {
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => {}, {
      get: (_target, name) => at([...path, String(name)]),
      apply: (_target, _this, [input, options]: [unknown, object | undefined]) =>
        describe(caller, path.slice(0, -1), path.at(-1), input, options),
    })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a proxy has no type of its own
  return at([]) as Procedures
}

function describe(caller: Caller, path: readonly string[], method: string | undefined, input: unknown, options = {}) {
  const name = path.join('.')
  const queryKey = [path, { ...(input !== undefined && { input }), type: 'query' }]
  if (method === 'pathKey') return [path]
  if (method === 'queryKey') return queryKey
  if (method === 'queryOptions') {
    const queryFn = ({ signal }: { signal: AbortSignal }) => caller('query', name, input, signal)
    return { ...options, queryKey, queryFn }
  }
  if (method === 'mutationOptions') {
    const mutationFn = (variables: unknown) => caller('mutation', name, variables)
    return { ...Object(input), mutationKey: [path], mutationFn }
  }
  throw new Error(`Procedures have no method ${String(method)}.`)
}
