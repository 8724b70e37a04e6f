import { createHash } from 'node:crypto'
import { ServiceError } from '@slashzero/services'
import { networkOf } from './network-of.ts'
import { Refusal } from './refusal.ts'
import { createTurns } from './turns.ts'

const WINDOW_MILLISECONDS = 60_000
const MAX_FAILURES = 20
const MAX_REMEMBERED = 10_000

/**
 * Counts the wrong tokens of each network, because many collectors may share an address. Every token is checked, so a
 * right token always passes. After 20 failures in a minute the unknown tokens of a network are checked one at a time.
 */
export function createFailureLimit(now: () => number) {
  const failures = new Map<string, { count: number; readonly until: number }>()
  const right = new Set<string>()
  const inTurn = createTurns()

  function waitSeconds(network: string): number {
    const entry = failures.get(network)
    if (!entry || entry.count < MAX_FAILURES || entry.until <= now()) return 0
    return Math.ceil((entry.until - now()) / 1000)
  }

  function countFailure(network: string): void {
    const entry = failures.get(network)
    if (entry && entry.until > now()) entry.count += 1
    else remember(failures, network, { count: 1, until: now() + WINDOW_MILLISECONDS })
  }

  function rememberRight(key: string): void {
    if (right.has(key)) return
    if (right.size >= MAX_REMEMBERED) right.delete(right.values().next().value ?? '')
    right.add(key)
  }

  return {
    /**
     * Checks a token of this address by `verify`. Throws what `verify` throws; instead of `unauthenticated` a Refusal
     * 429 with Retry-After if the network sent too many wrong tokens.
     */
    async check<Actor>(source: string, token: string, verify: () => Promise<Actor>): Promise<Actor> {
      const network = networkOf(source)
      const key = createHash('sha256').update(token).digest('base64')
      const wait = right.has(key) ? 0 : waitSeconds(network)
      try {
        const actor = wait > 0 ? await inTurn(network, verify) : await verify()
        rememberRight(key)
        return actor
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code !== 'unauthenticated') throw error
        right.delete(key)
        countFailure(network)
        if (wait > 0) throw tooManyFailures(wait)
        throw error
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
