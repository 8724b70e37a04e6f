import { createHash } from 'node:crypto'

const MAX_REMEMBERED = 50_000

/** Accepts one request of each token in an interval. With too many tokens the oldest are forgotten. */
export function createPace(now: () => number, pause: number) {
  const lastAt = new Map<string, number>()
  return {
    /** Seconds to wait; 0 accepts the request and starts the interval. */
    waitSeconds(token: string): number {
      const key = createHash('sha256').update(token).digest('base64')
      const wait = pause - (now() - (lastAt.get(key) ?? -Infinity))
      if (wait > 0 && wait <= pause) return Math.ceil(wait / 1000)
      lastAt.delete(key)
      if (lastAt.size >= MAX_REMEMBERED) lastAt.delete(lastAt.keys().next().value ?? '')
      lastAt.set(key, now())
      return 0
    },
  }
}
