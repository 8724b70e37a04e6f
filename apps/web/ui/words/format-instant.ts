/**
 * The shortest clear form of a time: `03:12` today, `3 Mar 03:12` this year, otherwise `3 Mar 2025 03:12`. `at`, `now`:
 * milliseconds since the epoch. `timeZone`: an IANA name; default: the browser's.
 */
export function formatInstant(at: number, now: number, timeZone?: string): string {
  const then = partsOf(at, timeZone)
  const today = partsOf(now, timeZone)
  const clock = `${then.hour}:${then.minute}`
  if (then.day === today.day && then.month === today.month && then.year === today.year) return clock
  const day = `${then.day} ${then.month}`
  return then.year === today.year ? `${day} ${clock}` : `${day} ${then.year} ${clock}`
}

/** A time in full, with its offset: `3 Mar 2026 03:12:05 GMT+1`. */
export function formatInstantInFull(at: number, timeZone?: string): string {
  const { day, month, year, hour, minute, second, timeZoneName } = partsOf(at, timeZone)
  return `${day} ${month} ${year} ${hour}:${minute}:${second} ${timeZoneName}`
}

/** The name of the reader's time zone at a time: `GMT+1`. */
export function nameZone(at: number, timeZone?: string): string {
  return partsOf(at, timeZone).timeZoneName
}

/** A mark on the time axis: the clock for spans up to two days, otherwise the day. */
export function formatTick(at: number, spanMilliseconds: number, timeZone?: string): string {
  const { day, month, hour, minute } = partsOf(at, timeZone)
  return spanMilliseconds > 2 * 86_400_000 ? `${day} ${month}` : `${hour}:${minute}`
}

function partsOf(at: number, timeZone: string | undefined) {
  const parts = formatter(timeZone).formatToParts(at)
  const part = (wanted: Intl.DateTimeFormatPartTypes) => parts.find(({ type }) => type === wanted)?.value ?? ''
  return {
    day: part('day'),
    month: part('month'),
    year: part('year'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    timeZoneName: part('timeZoneName'),
  }
}

const formatters = new Map<string | undefined, Intl.DateTimeFormat>()

function formatter(timeZone: string | undefined): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const created = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  })
  formatters.set(timeZone, created)
  return created
}
