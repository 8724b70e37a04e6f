import { createHash } from 'node:crypto'

const WINDOW_MILLISECONDS = 60_000
const MAX_FAILURES = 20
const MAX_REMEMBERED = 10_000

/**
 * Saves the database the look-ups of wrong tokens: after 20 failures a source is refused until its minute ends. A known token is
 * accepted, because many collectors may share an address.
 */
export function createFailureLimit(now: () => number) {
  const failures = new Map<string, { count: number; readonly until: number }>()
  const right = new Set<string>()
  return {
    /** Seconds until this source may try this token; 0 means now. */
    waitSeconds(source: string, token: string): number {
      const entry = failures.get(source)
      if (!entry || entry.count < MAX_FAILURES || entry.until <= now() || right.has(digest(token))) return 0
      return Math.ceil((entry.until - now()) / 1000)
    },
    failed(source: string): void {
      const entry = failures.get(source)
      if (entry && entry.until > now()) entry.count += 1
      else remember(failures, source, { count: 1, until: now() + WINDOW_MILLISECONDS })
    },
    succeeded(token: string): void {
      const key = digest(token)
      if (right.has(key)) return
      if (right.size >= MAX_REMEMBERED) right.delete(right.values().next().value ?? '')
      right.add(key)
    },
  }
}

export type FailureLimit = ReturnType<typeof createFailureLimit>

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  if (map.size >= MAX_REMEMBERED) map.delete(map.keys().next().value ?? '')
  map.set(key, value)
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
