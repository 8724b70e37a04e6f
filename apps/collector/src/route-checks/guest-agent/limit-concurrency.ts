/** Runs tasks in the order given, at most `places` at once. */
export type Lane = <Result>(task: () => Promise<Result>) => Promise<Result>

export function createLane(places: number): Lane {
  let free = places
  const waiting: (() => void)[] = []
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
