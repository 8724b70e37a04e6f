const firstCeiling = 1000
const lastCeiling = 60_000
const longestRetryAfter = 60 * 60 * 1000

/**
 * How long to wait after `failures` (1 and up) attempts in a row, in milliseconds: exponential with full jitter, anywhere
 * from 0 to a ceiling that doubles from 1 s to 60 s, so that a thousand hosts do not come back at once.
 */
export function delayRetry(failures: number, random: () => number): number {
  return random() * Math.min(lastCeiling, firstCeiling * 2 ** Math.min(failures - 1, 30))
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date) as milliseconds from `now`. Null where the header
 * is missing or neither; at most one hour, so that a wrong date cannot silence a host.
 */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(milliseconds) ? null : Math.min(longestRetryAfter, Math.max(0, milliseconds))
}

/** The wait after 401 or 403, which only a person can mend: 30 s to 60 s. */
export function delayUnauthorised(random: () => number): number {
  return lastCeiling / 2 + (random() * lastCeiling) / 2
}
