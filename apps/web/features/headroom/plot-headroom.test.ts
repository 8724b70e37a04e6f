import { describe, expect, it } from 'vitest'
import { START, MINUTE, at, point, socket, plot, every } from './testing/sockets.ts'

describe('plotHeadroom', () => {
  it('puts the sends-blocked line one control message below the limit', () => {
    const { rows, latest, highest } = plot([socket('1:100', [point(0, 12_264, 8176)])])
    expect(rows[0]).toEqual({
      at: START,
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
    expect(rows.map((row) => [row.at - START, row.live])).toEqual([
      [3 * MINUTE, 56],
      [4 * MINUTE, 56],
      [4 * MINUTE, null],
    ])
  })

  it('breaks the lines and lists a gap if reports are missing', () => {
    const { rows, gaps } = plot([socket('1:100', [...every(1, 0, 10), ...every(1, 30, 50)])])
    expect(gaps).toEqual([
      { from: START + 11 * MINUTE, to: START + 30 * MINUTE, kind: 'no-report' },
      { from: START + 51 * MINUTE, to: START + 60 * MINUTE, kind: 'no-report' },
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
    expect(gaps).toEqual([{ from: START + 58 * MINUTE, to: START + 60 * MINUTE, kind: 'not-measured' }])
    expect(rows.some((row) => row.live === 0 || row.unsplit === 0)).toBe(false)
    expect(latest?.at).toBe(START + 58 * MINUTE)
  })

  it('counts points without figures as no report', () => {
    const silent = Array.from({ length: 20 }, (_, index) => point(11 + index, null, null, { optmemMaxBytes: null }))
    const { gaps } = plot([socket('1:100', [...every(1, 0, 10), ...silent, ...every(1, 31, 60)])])
    expect(gaps).toEqual([{ from: START + 11 * MINUTE, to: START + 31 * MINUTE, kind: 'no-report' }])
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
    expect(rows.slice(0, 5).map((row) => [row.at - START, row.live])).toEqual([
      [0, 20_440],
      [MINUTE, 20_440],
      [2 * MINUTE, 20_440],
      [2 * MINUTE, null],
      [2 * MINUTE, 0],
    ])
    expect(restarts).toEqual([START + 2 * MINUTE])
  })
})
