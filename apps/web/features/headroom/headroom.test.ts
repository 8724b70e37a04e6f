import type { HeadroomSeries, HypervisorSender } from '@slashzero/contract/page'
import { describe, expect, it } from 'vitest'
import { arrangeSockets, type HeadroomSocket } from './arrange-sockets.ts'
import { chooseLine, fitRange } from './choose-line.ts'
import { describePlot } from './describe-plot.ts'
import { plotHeadroom } from './plot-headroom.ts'
import { timeTicks } from './time-ticks.ts'

const start = Date.UTC(2026, 2, 3)
const minute = 60_000
const at = (minutes: number) => new Date(start + minutes * minute).toISOString()

type Point = HeadroomSocket['points'][number]

function point(minutes: number, live: number | null, stale: number | null, change: Partial<Point> = {}): Point {
  const used = live === null || stale === null ? null : live + stale
  return { at: at(minutes), optmemBytes: used, liveBytes: live, staleBytes: stale, optmemMaxBytes: 20_480, ...change }
}

function socket(key: string, points: Point[], change: Partial<HeadroomSocket> = {}): HeadroomSocket {
  return { key, daemon: 'radvd', pid: 913, namespace: null, points, ...change }
}

function series(sockets: HeadroomSocket[], restarts: HeadroomSeries['restarts'] = []): HeadroomSeries {
  return { now: at(60), from: at(0), to: at(60), stepSeconds: 60, sockets, restarts }
}

function plot(sockets: HeadroomSocket[], restarts: HeadroomSeries['restarts'] = []) {
  const [line] = arrangeSockets(sockets)
  if (!line) throw new Error('no line')
  return plotHeadroom(line, series(sockets, restarts))
}

describe('arrangeSockets', () => {
  it('joins the sockets of a restarted sender under the latest key', () => {
    const lines = arrangeSockets([
      socket('1:200', [point(5, 56, 0)], { pid: 950 }),
      socket('1:100', [point(0, 560, 560), point(4, 560, 1120)]),
    ])
    expect(lines.map(({ key, pid, sockets }) => ({ key, pid, joined: sockets.map((one) => one.key) }))).toEqual([
      { key: '1:200', pid: 950, joined: ['1:100', '1:200'] },
    ])
  })

  it('keeps simultaneous sockets and other senders apart', () => {
    const lines = arrangeSockets([
      socket('1:100', [point(0, 56, 0), point(9, 56, 0)]),
      socket('1:101', [point(1, 56, 0), point(9, 56, 0)]),
      socket('2:300', [point(20, 56, 0)], { namespace: 'qrouter-1' }),
      socket('1:400', [point(20, 56, 0)], { daemon: 'dnsmasq' }),
    ])
    expect(lines.map(({ key }) => key)).toEqual(['1:100', '1:101', '2:300', '1:400'])
  })
})

const every = (step: number, from: number, to: number) => {
  const points: Point[] = []
  for (let minutes = from; minutes <= to; minutes += step) points.push(point(minutes, 560, 56))
  return points
}

describe('plotHeadroom', () => {
  it('puts the sends-blocked line one control message below the limit', () => {
    const { rows, latest, highest } = plot([socket('1:100', [point(0, 12_264, 8176)])])
    expect(rows[0]).toEqual({
      at: start,
      live: 12_264,
      stale: 8176,
      unsplit: null,
      limit: 20_480,
      sendsBlocked: 20_440,
    })
    expect(latest?.live).toBe(12_264)
    expect(highest).toBe(20_440)
  })

  it('draws a single point as wide as its step', () => {
    const { rows } = plot([socket('1:100', [point(3, 56, 0)])])
    expect(rows.map((row) => [row.at - start, row.live])).toEqual([
      [3 * minute, 56],
      [4 * minute, 56],
      [4 * minute, null],
    ])
  })

  it('breaks the lines and lists a gap if reports are missing', () => {
    const { rows, gaps } = plot([socket('1:100', [...every(1, 0, 10), ...every(1, 30, 50)])])
    expect(gaps).toEqual([
      { from: start + 11 * minute, to: start + 30 * minute, kind: 'no-report' },
      { from: start + 51 * minute, to: start + 60 * minute, kind: 'no-report' },
    ])
    expect(rows.filter((row) => row.live === null).length).toBe(2)
  })

  it.each([
    { name: 'come less often than the chart has steps', points: every(5, 0, 60) },
    { name: 'come seldom, then often', points: [...every(5, 0, 30), ...every(1, 31, 60)] },
    { name: 'come often, then seldom', points: [...every(1, 0, 30), ...every(5, 35, 60)] },
    { name: 'jitter by a step', points: every(1, 0, 60).filter((_, index) => index % 7 !== 3) },
  ])('finds no gap if reports $name', ({ points }) => {
    const { rows, gaps } = plot([socket('1:100', points)])
    expect(gaps).toEqual([])
    expect(rows.filter((row) => row.live === null).length).toBe(1)
  })

  it('tells not measured from no report, and draws neither as zero', () => {
    const { rows, gaps, latest } = plot([
      socket('1:100', [...every(1, 40, 57), point(58, null, null), point(59, null, null)]),
    ])
    expect(gaps).toEqual([{ from: start + 58 * minute, to: start + 60 * minute, kind: 'not-measured' }])
    expect(rows.some((row) => row.live === 0 || row.unsplit === 0)).toBe(false)
    expect(latest?.at).toBe(start + 58 * minute)
  })

  it('counts points without figures as no report', () => {
    const silent = Array.from({ length: 20 }, (_, index) => point(11 + index, null, null, { optmemMaxBytes: null }))
    const { gaps } = plot([socket('1:100', [...every(1, 0, 10), ...silent, ...every(1, 31, 60)])])
    expect(gaps).toEqual([{ from: start + 11 * minute, to: start + 31 * minute, kind: 'no-report' }])
  })

  it('keeps unsplit bytes', () => {
    const { rows } = plot([socket('1:100', [point(0, null, null, { optmemBytes: 1008 })])])
    expect(rows[0]).toMatchObject({ live: null, stale: null, unsplit: 1008 })
  })

  it('draws the fall at a restart upright, and marks only this daemon’s restarts', () => {
    const sockets = [
      socket('1:100', [point(0, 20_440, 0), point(1, 20_440, 0)]),
      socket('1:200', [point(2, 0, 0), point(3, 56, 0)]),
    ]
    const { rows, restarts } = plot(sockets, [
      { at: at(2), daemon: 'radvd' },
      { at: at(2), daemon: 'dnsmasq' },
    ])
    expect(rows.slice(0, 5).map((row) => [row.at - start, row.live])).toEqual([
      [0, 20_440],
      [minute, 20_440],
      [2 * minute, 20_440],
      [2 * minute, null],
      [2 * minute, 0],
    ])
    expect(restarts).toEqual([start + 2 * minute])
  })
})

describe('describePlot', () => {
  it('describes the chart', () => {
    const described = describePlot(
      plot(
        [socket('1:100', [point(0, 12_264, 8176), ...every(1, 1, 10), ...every(1, 30, 59)])],
        [{ at: at(20), daemon: 'radvd' }],
      ),
    )
    expect(described.replaceAll('\u00a0', ' ')).toBe(
      '616 B of 20,480 B used at the last measurement; 56 B by stale memberships; maximum 20,440 B; 1 restart; 1 gap without a report.',
    )
  })

  it('does not show an unmeasured figure as zero', () => {
    expect(describePlot(plot([socket('1:100', [point(0, null, null)])]))).toBe(
      'Option memory was not measured in this range.',
    )
  })
})

function sender(key: string, joinsLeft: number | null): HypervisorSender {
  const optmemBytes = joinsLeft === null ? null : 20_440 - 56 * joinsLeft
  return {
    key,
    daemon: 'radvd',
    version: null,
    pid: 913,
    namespace: null,
    optmemBytes,
    optmemMaxBytes: 20_480,
    membershipBytes: 56,
    memberships: null,
    staleMemberships: null,
    joinsLeft,
    sendsBlocked: joinsLeft === null ? null : joinsLeft === 0,
    startedAt: null,
    executableDeleted: false,
    method: null,
    unmeasuredReason: null,
    liveMemberships: null,
    staleInterfaceIndexes: null,
    configuration: null,
    optmemMaxSource: 'init',
    fullAt: null,
  }
}

describe('fitRange', () => {
  it.each([
    { since: 59, expected: '1h' },
    { since: 61, expected: '6h' },
    { since: 361, expected: '24h' },
  ])('shows $expected if the first figure is $since minutes old', ({ since, expected }) => {
    const points = [point(-900, null, null), point(60 - since, 56, 0), point(59, 56, 0)]
    expect(fitRange(series([socket('1:100', points)]))).toBe(expected)
  })

  it('shows a day if nothing is measured or known yet', () => {
    expect([fitRange(undefined), fitRange(series([socket('1:100', [point(59, null, null)])]))]).toEqual(['24h', '24h'])
  })
})

describe('chooseLine', () => {
  const lines = arrangeSockets([
    socket('1:100', [point(0, 56, 0)], { daemon: 'radvd' }),
    socket('1:101', [point(9, 56, 0)], { daemon: 'radvd' }),
    socket('2:300', [point(9, 56, 0)], { daemon: 'dnsmasq' }),
  ])

  it.each([
    {
      name: 'the replaced socket that the URL names',
      wanted: '1:100',
      worst: '2:300',
      expected: '1:101',
    },
    { name: 'the sender with the least headroom', wanted: null, worst: '2:300', expected: '2:300' },
    {
      name: 'the least headroom if the URL names an unknown socket',
      wanted: 'gone',
      worst: '1:101',
      expected: '1:101',
    },
  ])('shows $name', ({ wanted, worst, expected }) => {
    const senders = [sender('other', null), sender(worst, 3), sender('better', 300)]
    expect(chooseLine(lines, wanted, senders)?.key).toBe(expected)
  })

  it('shows nothing without sockets', () => {
    expect(chooseLine([], null, [])).toBeNull()
  })
})

describe('timeTicks', () => {
  it('marks round hours of the reader’s day', () => {
    const from = Date.UTC(2026, 2, 3, 3, 26)
    const ticks = timeTicks(from, from + 6 * 60 * minute, 8, 330)
    expect(ticks.map((tick) => new Date(tick + 330 * minute).toISOString().slice(11, 16))).toEqual([
      '09:00',
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
    ])
  })

  it('stays within the bound over 30 days', () => {
    const ticks = timeTicks(0, 30 * 24 * 60 * minute, 8, 0)
    expect(ticks.length).toBeLessThanOrEqual(8)
    expect(ticks.length).toBeGreaterThan(3)
  })
})
