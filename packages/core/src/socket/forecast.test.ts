import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at } from '@slashzero/contract/testing'
import { SEND_BYTES } from '@slashzero/contract/report'
import type { SocketState } from '../state.ts'
import { extendTrend, forecastFull, settle } from './forecast.ts'

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
    name: 'a steady leak of one membership a minute reaches the blocking usage in time',
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
    name: 'taps that all start together are not growth',
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
  expect(trend.length).toBeLessThanOrEqual(50)
  expect(trend.at(-1)).toEqual({ at: at(week * 60), optmemBytes: Math.floor(week / 100) * 56 })
  expect(at(week * 60) - (trend[0]?.at ?? 0)).toBeLessThanOrEqual(24 * 3_600_000)
  expect(at(week * 60) - (trend[0]?.at ?? 0)).toBeGreaterThan(12 * 3_600_000)
})

test('usage is settled to whole memberships', () => {
  expect([settle(112 + 40, 56), settle(112, 56), settle(152, null), settle(null, 56)]).toEqual([112, 112, 152, null])
})

describe('a leak whose memberships come at irregular times', () => {
  /**
   * Seconds between memberships, each half to one and a half of the usual; every report comes about 15 s after the
   * last.
   */
  const leaks = fc.record({
    usual: fc.integer({ min: 60, max: 3600 }),
    chances: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 120 }),
  })

  /** The memberships and the forecast of each report; the leak ends with 12 joins left. */
  function follow({ usual, chances }: { usual: number; chances: readonly number[] }) {
    const joins = chances.map((chance) => usual * (0.5 + chance))
    const room = 12 + chances.length
    const pause = Math.max(14, usual / 20)
    const reports: Forecast[] = []
    let [seconds, grown, next] = [0, 0, joins[0] ?? 0]
    let trend: SocketState['trend'] = []
    while (grown < joins.length && seconds < 90_000) {
      seconds += pause + 2 * (chances[reports.length % chances.length] ?? 0)
      while (next <= seconds && grown < joins.length) next += joins[++grown] ?? 0
      // Now and then a report comes while an advertisement is sent.
      const used = (364 - room + grown) * 56 + (reports.length % 17 === 0 ? SEND_BYTES : 0)
      trend = extendTrend(trend, at(seconds), settle(used, 56))
      const fullAt = forecastFull(trend, 20480, 56)
      reports.push({ seconds, grown, each: fullAt === null ? null : (fullAt - at(seconds)) / 1000 / (room - grown) })
    }
    return reports.filter((one) => one.seconds >= 700 && one.grown >= 5)
  }

  /** `each`: the forecast's seconds for one membership; null without a forecast. */
  type Forecast = { readonly seconds: number; readonly grown: number; readonly each: number | null }

  test('moves the forecast by no more than its memberships justify', () => {
    fc.assert(
      fc.property(leaks, (leak) => {
        const reports = follow(leak)
        // A membership more than n is worth 1/n, and a pause its share of the time between two memberships.
        const isJustified = (from: Forecast, to: Forecast) => {
          if (from.each === null || to.each === null) return false
          const most = 1.1 + (to.grown - from.grown) / 2 + (to.seconds - from.seconds) / leak.usual
          return (
            Math.max(from.each / to.each, to.each / from.each) < most && Math.abs(Math.log2(to.each / leak.usual)) < 1.3
          )
        }
        const wrong = reports.filter((one, index) =>
          [1, 4, 16].some((steps) => !isJustified(reports[Math.max(0, index - steps)] ?? one, one)),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
