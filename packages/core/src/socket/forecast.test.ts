import { expect, test } from 'vitest'
import { at } from '@slashzero/contract/testing'
import type { SocketState } from '../state.ts'
import { extendTrend, forecastFull } from './forecast.ts'

type Step = readonly [seconds: number, bytes: number | null]

function trendOf(steps: readonly Step[]): SocketState['trend'] {
  let trend: SocketState['trend'] = []
  for (const [seconds, bytes] of steps) trend = extendTrend(trend, at(seconds), bytes)
  return trend
}

const everyMinute = (minutes: number, bytesAt: (minute: number) => number | null): Step[] =>
  Array.from({ length: minutes + 1 }, (_, minute) => [minute * 60, bytesAt(minute)])

test.each([
  {
    name: 'a steady leak of one membership a minute reaches the bytes that block in so many minutes',
    input: everyMinute(100, (minute) => minute * 56),
    expected: at(((20480 - 56) / 56) * 60),
  },
  {
    name: 'a drop begins a new trend, so a restart is not averaged in',
    input: everyMinute(100, (minute) => (minute < 50 ? 10_000 + minute * 56 : (minute - 50) * 56)),
    expected: at(50 * 60 + ((20480 - 56) / 56) * 60),
  },
  {
    name: 'gaps in measuring do not count as zero',
    input: everyMinute(100, (minute) => (minute % 3 === 1 ? null : minute * 56)),
    expected: at(((20480 - 56) / 56) * 60),
  },
])('$name', ({ input, expected }) => {
  expect(Math.abs((forecastFull(trendOf(input), 20480, 56) ?? 0) - expected)).toBeLessThan(120_000)
})

test.each([
  { name: 'a level socket has no end', input: everyMinute(100, () => 560) },
  { name: 'less than ten minutes say nothing', input: everyMinute(9, (minute) => minute * 56) },
  {
    name: 'taps that all started together are no growth',
    input: everyMinute(60, (minute) => Math.min(minute, 10) * 560),
  },
  { name: 'a full socket has no time ahead', input: everyMinute(20, (minute) => 20_440 - (20 - minute) * 56) },
  {
    name: 'more than a year away is no forecast',
    input: [
      [0, 0],
      [43_200, 0],
      [86_400, 1],
    ] satisfies Step[],
  },
])('no forecast: $name', ({ input }) => {
  expect(forecastFull(trendOf(input), 20480, 56)).toBeNull()
})

test('no limit means no forecast; no unit means the limit of sends', () => {
  const trend = trendOf(everyMinute(100, (minute) => minute * 56))
  expect(forecastFull(trend, null, 56)).toBeNull()
  expect(forecastFull(trend, 20480, null)).toBe(at(((20480 - 40) / 56) * 60))
})

test('a trend of a week keeps at most a day and the last measurement', () => {
  const week = 7 * 24 * 60
  const trend = trendOf(everyMinute(week, (minute) => Math.floor(minute / 100) * 56))
  expect(trend.length).toBeLessThanOrEqual(24)
  expect(trend.at(-1)).toEqual({ at: at(week * 60), optmemBytes: Math.floor(week / 100) * 56 })
  expect(at(week * 60) - (trend[0]?.at ?? 0)).toBeLessThanOrEqual(24 * 3_600_000)
  expect(at(week * 60) - (trend[0]?.at ?? 0)).toBeGreaterThan(12 * 3_600_000)
})
