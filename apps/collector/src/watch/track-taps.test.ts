import type { TapReport } from '@slashzero/contract/report'
import { describe, expect, test } from 'vitest'
import { buildReport, buildSender } from '@slashzero/contract/testing'
import { sampleTap } from '../testing/sample-tap.ts'
import { createTapTracker } from './track-taps.ts'

const JOINED = { allRoutersUsers: 2 }
const ASKED = { routerSolicitsIn: 1 }

/** A tracker that saw no tap at 0, and then tap 7 in these states at these times. */
function track(states: readonly (readonly [at: number, tap: Partial<TapReport>])[], senders = [buildSender()]) {
  const tracker = createTapTracker()
  tracker.observe(buildReport(0, { taps: [] }), 0)
  for (const [at, tap] of states) tracker.observe(buildReport(0, { taps: [sampleTap(7, tap)], senders }), at)
  return tracker
}

describe('a pass is due', () => {
  test.each([
    { name: 'soon after an unjoined tap came up', states: [[1000, {}]] as const, expected: 3500 },
    {
      name: "once more after the server's wait",
      states: [
        [1000, {}],
        [3500, {}],
      ] as const,
      expected: 12_000,
    },
    {
      name: 'once more, also if the pass before came a moment early',
      states: [
        [1000, {}],
        [3499, {}],
      ] as const,
      expected: 12_000,
    },
    {
      name: 'not after the second follow-up',
      states: [
        [1000, {}],
        [3500, {}],
        [12_000, {}],
      ] as const,
      expected: Infinity,
    },
    {
      name: 'not again because of a pass in between',
      states: [
        [1000, {}],
        [2000, {}],
      ] as const,
      expected: 3500,
    },
    {
      name: 'not for a tap put on a bridge that counted more',
      states: [
        [1000, JOINED],
        [2000, { ...JOINED, countedOn: 'br0', routerSolicitsIn: 5 }],
      ] as const,
      expected: Infinity,
    },
    { name: 'not for a joined tap', states: [[1000, JOINED]] as const, expected: Infinity },
    {
      name: 'not for a tap joined meanwhile',
      states: [
        [1000, {}],
        [2000, JOINED],
      ] as const,
      expected: Infinity,
    },
    { name: 'not for a tap that is down', states: [[1000, { up: false }]] as const, expected: Infinity },
    {
      name: 'counted from when the tap came up',
      states: [
        [1000, { up: false }],
        [9000, {}],
      ] as const,
      expected: 11_500,
    },
    {
      name: 'not for a tap with unreadable users',
      states: [[1000, { allRoutersUsers: null }]] as const,
      expected: Infinity,
    },
    {
      name: 'for a tap without forwarding',
      states: [[1000, { forwarding: false, allRoutersUsers: 0 }]] as const,
      expected: 3500,
    },
    {
      name: 'for a new tap with an unanswered solicitation',
      states: [[1000, { ...JOINED, ...ASKED }]] as const,
      expected: 3500,
    },
    {
      name: 'not for an answered tap',
      states: [[1000, { ...JOINED, ...ASKED, routerAdvertsOut: 1 }]] as const,
      expected: Infinity,
    },
  ])('$name', ({ states, expected }) => {
    expect(track(states).dueAt()).toBe(expected)
  })

  test('not for a tap that was there at the start', () => {
    const tracker = createTapTracker()
    tracker.observe(buildReport(0, { taps: [sampleTap(7)] }), 0)
    expect(tracker.dueAt()).toBe(Infinity)
  })

  test('not if no daemon runs that could join', () => {
    expect(track([[1000, {}]], []).dueAt()).toBe(Infinity)
  })

  test('not for a tap that is gone', () => {
    const tracker = track([[1000, {}]])
    tracker.observe(buildReport(0, { taps: [] }), 2000)
    expect([tracker.dueAt(), tracker.has(1, 7)]).toEqual([Infinity, false])
  })
})

test('lists the taps that are up by namespace', () => {
  const tracker = createTapTracker()
  tracker.observe(buildReport(0, { taps: [sampleTap(7, { up: false }), sampleTap(8)] }), 0)
  expect([...tracker.listNamespaces()]).toEqual([1])
  expect(tracker.listUp(1).map(({ key }) => key)).toEqual(['1:8'])
  expect(tracker.listUp(2)).toEqual([])
})

test('after a minute a tap awaits no join, but still awaits an answer', () => {
  const tracker = track([
    [1000, JOINED],
    [61_000, {}],
  ])
  expect(tracker.dueAt()).toBe(Infinity)
  expect(tracker.look('1:7', { routerSolicitsIn: 1, routerAdvertsOut: 0 }, 90_000)).toBe(true)
  expect(tracker.dueAt()).toBe(92_500)
})

test('a solicitation without an answer opens a question once, and an answer closes it', () => {
  const tracker = track([[1000, JOINED]])
  expect(tracker.look('1:7', { routerSolicitsIn: 0, routerAdvertsOut: 4 }, 20_000)).toBe(false)
  expect(tracker.look('1:7', { routerSolicitsIn: 1, routerAdvertsOut: 4 }, 21_000)).toBe(true)
  expect(tracker.look('1:7', { routerSolicitsIn: 2, routerAdvertsOut: 4 }, 22_000)).toBe(false)
  expect(tracker.dueAt()).toBe(23_500)
  expect([22_000, 32_001].map((at) => tracker.listUnanswered(at).length)).toEqual([1, 0])
  expect(tracker.look('1:7', { routerSolicitsIn: 2, routerAdvertsOut: 5 }, 23_000)).toBe(false)
  expect(tracker.dueAt()).toBe(Infinity)
})

test('counters that cannot be read open no question', () => {
  const tracker = track([[1000, { ...JOINED, routerSolicitsIn: null, routerAdvertsOut: null }]])
  expect(tracker.look('1:7', { routerSolicitsIn: 5, routerAdvertsOut: 0 }, 2000)).toBe(false)
  expect(tracker.look('1:8', { routerSolicitsIn: 5, routerAdvertsOut: 0 }, 2000)).toBe(false)
})
