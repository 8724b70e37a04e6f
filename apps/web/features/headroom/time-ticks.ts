import { nameZone } from '../../ui/words/format-instant.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const STEPS = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  48 * HOUR,
  120 * HOUR,
]

/**
 * Round times of the reader's day between two times, at most `max` of them, in milliseconds.
 * @param offsetMinutes local time minus UTC
 */
export function timeTicks(from: number, to: number, max: number, offsetMinutes: number): number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= max) ?? 240 * HOUR
  const offset = offsetMinutes * MINUTE
  const ticks: number[] = []
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) ticks.push(at)
  return ticks
}

/** How far a time zone is ahead of UTC at a time: `GMT-3:30` -> -210. */
export function offsetMinutesOf(at: number, zone: string): number {
  const [, sign, hours, minutes = '0'] = /^GMT([+-])(\d+)(?::(\d+))?$/.exec(nameZone(at, zone)) ?? []
  return hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
