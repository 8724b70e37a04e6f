const LATEST = Date.UTC(9999, 11, 31)

/** Milliseconds as an instant for PostgreSQL, limited to the years 1970 to 9999, which both sides can write. */
export function toInstant(milliseconds: number): string {
  return new Date(limitInstant(milliseconds)).toISOString()
}

/** Milliseconds limited to the years 1970 to 9999. */
export function limitInstant(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 0), LATEST)
}
