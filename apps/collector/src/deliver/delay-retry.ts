const MIN_CEILING = 1000
const MAX_CEILING = 60_000
const MAX_RETRY_AFTER = 60 * 60 * 1000

/**
 * The wait after `failures` (at least 1) failed attempts in a row, in milliseconds: exponential with full jitter, from
 * 0 to a ceiling that doubles from 1 s to 60 s. So a thousand hosts do not return at the same moment.
 */
export function delayRetry(failures: number, random: () => number): number {
  return random() * Math.min(MAX_CEILING, MIN_CEILING * 2 ** Math.min(failures - 1, 30))
}

/**
 * Reads `Retry-After` (RFC 9110, section 10.2.3: seconds or an HTTP date) as milliseconds from `now`. Null if the
 * header is missing or invalid. At most one hour, so that a wrong date cannot silence a host.
 */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null
  const text = header.trim()
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(milliseconds) ? null : Math.min(MAX_RETRY_AFTER, Math.max(0, milliseconds))
}

/** The wait after 401 or 403, 30 s to 60 s in milliseconds, because only a person can correct the cause. */
export function delayUnauthorised(random: () => number): number {
  return MAX_CEILING / 2 + (random() * MAX_CEILING) / 2
}
