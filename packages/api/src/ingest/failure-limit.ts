import { ServiceError } from '@slashzero/services'
import { networkOf } from './network-of.ts'
import { Refusal } from './refusal.ts'

const WINDOW_MILLISECONDS = 60_000
const MAX_FAILURES = 20
const MAX_REMEMBERED = 10_000

/**
 * Counts the wrong tokens of each network, because many collectors may share an address. Every token is checked at
 * once, so a right token always passes; after 20 failures in a minute wrong tokens are told to wait.
 */
export function createFailureLimit(now: () => number) {
  const failures = new Map<string, { count: number; readonly until: number }>()

  /** Returns the seconds to wait, or 0. */
  function countFailure(network: string): number {
    const entry = failures.get(network)
    if (!entry || entry.until <= now()) {
      remember(failures, network, { count: 1, until: now() + WINDOW_MILLISECONDS })
      return 0
    }
    entry.count += 1
    return entry.count > MAX_FAILURES ? Math.ceil((entry.until - now()) / 1000) : 0
  }

  return {
    /**
     * Checks a token of this address by `verify`. Throws what `verify` throws; instead of `unauthenticated` a Refusal
     * 429 with Retry-After if the network sent too many wrong tokens.
     */
    async check<Actor>(source: string, verify: () => Promise<Actor>): Promise<Actor> {
      try {
        return await verify()
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code !== 'unauthenticated') throw error
        const wait = countFailure(networkOf(source))
        throw wait > 0 ? tooManyFailures(wait) : error
      }
    },
  }
}

export type FailureLimit = ReturnType<typeof createFailureLimit>

function tooManyFailures(seconds: number): Refusal {
  const detail = `This token is wrong, and too many wrong tokens came from this address; try again in ${seconds} s.`
  return new Refusal(429, detail, { 'retry-after': String(seconds) })
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  if (map.size >= MAX_REMEMBERED) map.delete(map.keys().next().value ?? '')
  map.set(key, value)
}
