import { expect, test } from 'vitest'
import { toHeadroomSockets } from './to-headroom-sockets.ts'

const row = (at: number, more: object = {}) => ({
  socketKey: '1:2',
  daemon: 'radvd',
  pid: 1,
  namespaceName: null,
  at,
  optmemBytes: 560,
  optmemMaxBytes: 20_480,
  membershipBytes: 56,
  liveMemberships: 10,
  staleMemberships: 0,
  ...more,
})

const seconds = (...times: number[]) => times.map((time) => row(time * 1000))

test.for([
  { name: 'no gap at the usual distance', step: 15, times: [0, 15, 30, 45], gaps: [] },
  { name: 'no gap for one empty fine point', step: 15, times: [0, 15, 45, 60], gaps: [] },
  { name: 'a gap after a minute and a half of silence', step: 15, times: [0, 15, 30, 135], gaps: [45] },
  { name: 'no gap for a collector that reports every five minutes', step: 15, times: [0, 300, 600, 900], gaps: [] },
  { name: 'a gap for a coarse point without a sample', step: 1800, times: [0, 1800, 3600, 7200], gaps: [5400] },
  {
    name: 'no gap between coarse points for a collector that reports every half hour',
    step: 300,
    times: [0, 1800, 3600],
    gaps: [],
  },
])('$name', ({ step, times, gaps }) => {
  const [socket] = toHeadroomSockets(seconds(...times), step * 1000)
  const empty = socket?.points.filter((point) => point.optmemBytes === null).map((point) => Date.parse(point.at) / 1000)
  expect(empty).toEqual(gaps)
})

test('unknown fields of a sample stay unknown', () => {
  const [socket] = toHeadroomSockets([row(0, { staleMemberships: null, liveMemberships: null })], 15_000)
  expect(socket?.points[0]).toMatchObject({ optmemBytes: 560, liveBytes: null, staleBytes: null })
})

test('each socket has its own series', () => {
  const rows = [...seconds(0, 15), row(0, { socketKey: '1:3', pid: 2 })]
  expect(toHeadroomSockets(rows, 15_000).map(({ key, pid, points }) => [key, pid, points.length])).toEqual([
    ['1:2', 1, 2],
    ['1:3', 2, 1],
  ])
})
