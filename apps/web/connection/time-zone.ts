/** The cookie in which the browser names its time zone. */
export const TIME_ZONE_COOKIE = 'time-zone'

/** The time zone in the cookie by its canonical name; UTC without a valid cookie. */
export function readTimeZone(cookie: string | undefined): string {
  if (cookie === undefined || cookie.length > 64) return 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: decodeURIComponent(cookie) }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
