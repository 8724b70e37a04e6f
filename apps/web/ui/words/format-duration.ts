const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in at most two units, rounded down: `12 s`, `14 min`, `3 h 12 min`, `27 h`, `5 days`. */
export function formatDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds)
  if (length < MINUTE) return `${Math.floor(length / SECOND)}\u00a0s`
  if (length < HOUR) return `${Math.floor(length / MINUTE)}\u00a0min`
  if (length < 10 * HOUR) return hoursAndMinutes(length)
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)}\u00a0h`
  return `${Math.floor(length / DAY)}\u00a0days`
}

/** How long ago a time was, both in milliseconds since the epoch. A future time (clock error) is `just now`. */
export function formatAge(at: number, now: number): string {
  return now - at < SECOND ? 'just now' : `${formatDuration(now - at)} ago`
}

/** How far ahead a time is, both in milliseconds since the epoch: `in 3 h`; a past time is `now`. */
export function formatUntil(at: number, now: number): string {
  return at - now < SECOND ? 'now' : `in ${formatDuration(at - now)}`
}

function hoursAndMinutes(length: number): string {
  const hours = Math.floor(length / HOUR)
  const minutes = Math.floor((length % HOUR) / MINUTE)
  return minutes === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${minutes}\u00a0min`
}
