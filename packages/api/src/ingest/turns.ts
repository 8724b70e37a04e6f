/**
 * Makes a function that runs the work of each client one after another, so that no client holds the memory of several
 * bodies.
 */
export function createTurns() {
  const last = new Map<string, Promise<unknown>>()
  return async function inTurn<Result>(client: string, work: () => Promise<Result>): Promise<Result> {
    const own = (last.get(client) ?? Promise.resolve()).then(work)
    const ended = own.catch(() => undefined)
    last.set(client, ended)
    try {
      return await own
    } finally {
      if (last.get(client) === ended) last.delete(client)
    }
  }
}
