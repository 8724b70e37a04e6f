import { AsyncLocalStorage } from 'node:async_hooks'

/** Calls a query of the API as the person whose page is being rendered. `path`: `fleet.summary`. */
export type Ask = (path: string, input: unknown) => Promise<unknown>

declare global {
  /** The bundler of the pages and the server load this file twice; both use one storage. */
  var slashzeroAsk: AsyncLocalStorage<Ask> | undefined
}

const asks = (globalThis.slashzeroAsk ??= new AsyncLocalStorage<Ask>())

/** Runs `render`, whose server components reach the API by `ask`. */
export function withAsk<Result>(ask: Ask, render: () => Result): Result {
  return asks.run(ask, render)
}

/** The API for the page that is being rendered. Throws outside of a rendering. */
export function askHere(): Ask {
  const ask = asks.getStore()
  if (!ask) throw new Error('No page is being rendered, so there is nobody to ask as.')
  return ask
}
