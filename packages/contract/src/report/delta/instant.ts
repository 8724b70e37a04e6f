const MINUTE = 60_000

let minute = Number.NaN
let beginning = ''

/**
 * Writes milliseconds since the epoch as `toISOString` does. Five times as fast for instants of one minute, and a
 * report has an instant a VM.
 */
export function writeInstant(time: number): string {
  const within = ((time % MINUTE) + MINUTE) % MINUTE
  if (time - within !== minute) {
    const text = new Date(time - within).toISOString()
    minute = time - within
    beginning = text.slice(0, -'00.000Z'.length)
  }
  const [seconds, rest] = [Math.floor(within / 1000), within % 1000]
  return `${beginning}${String(seconds).padStart(2, '0')}.${String(rest).padStart(3, '0')}Z`
}
