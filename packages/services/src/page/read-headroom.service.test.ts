import { headroomSeries } from '@slashzero/contract/page'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { createIngest } from '../report/ingest.ts'
import { makeReport, type ReportInput } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { readHeadroom } from './read-headroom.ts'

const minute = 60_000
const hour = 60 * minute

let world: World
let actor: CollectorActor
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  actor = await world.enrolled('host-0001')
})

/** Stores reports of these times, as a spool that is sent at noon. */
async function store(inputs: Omit<ReportInput, 'sequence'>[]) {
  const reports = inputs.map((input, index) => makeReport({ sentAt: noon, ...input, sequence: index + 1 }))
  const ingest = createIngest(world.system)
  for (let start = 0; start < reports.length; start += 100)
    await ingest.submit(actor, reports.slice(start, start + 100), noon)
}

function every(step: number, from: number, to: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}

async function read(range: Parameters<typeof readHeadroom>[1]['range']) {
  return headroomSeries.parse(await readHeadroom(world.user, { id: actor.hypervisorId, range }))
}

test('a hypervisor without history has no series', async () => {
  expect(await read('24h')).toMatchObject({ stepSeconds: 300, sockets: [], restarts: [] })
})

test('the series shows the 32 fullest sockets and counts the others', async () => {
  await store(
    Array.from({ length: 40 }, (_, index) => ({
      observedAt: noon - (40 - index) * 15_000,
      inode: 1000 + index,
      optmemBytes: 56 * (index + 1),
    })),
  )
  const { sockets, hidden } = await read('1h')
  expect({ shown: sockets.length, hidden }).toEqual({ shown: 32, hidden: 8 })
  expect(sockets.some(({ key }) => key.endsWith(':1000'))).toBe(false)
})

test('the last hour shows single samples in bytes of live and stale memberships', async () => {
  await store(
    every(15_000, noon - hour + 15_000, noon).map((observedAt) => ({
      observedAt,
      optmemBytes: 1120,
      stale: [1, 2, 3],
    })),
  )
  const { sockets, from, to } = await read('1h')
  expect([from, to]).toEqual([new Date(noon - hour).toISOString(), new Date(noon).toISOString()])
  expect(sockets).toHaveLength(1)
  expect(sockets[0]).toMatchObject({ key: '4026531840:6813', daemon: 'radvd', pid: 913, namespace: null })
  expect(sockets[0]?.points).toHaveLength(240)
  expect(sockets[0]?.points[0]).toEqual({
    at: new Date(noon - hour + 15_000).toISOString(),
    optmemBytes: 1120,
    liveBytes: 17 * 56,
    staleBytes: 3 * 56,
    optmemMaxBytes: 20_480,
  })
})

test.for([
  { range: '6h' as const, points: 361 },
  { range: '24h' as const, points: 289 },
  { range: '7d' as const, points: 337 },
])('$range keeps the peak of each point, and has few points', async ({ range, points }) => {
  const length = { '6h': 6 * hour, '24h': 24 * hour, '7d': 7 * 24 * hour - minute }[range]
  const peak = noon - length / 2
  const step = { '6h': minute, '24h': 5 * minute, '7d': 30 * minute }[range]
  await store(
    every(step, noon - length, noon).map((observedAt) => ({
      observedAt,
      optmemBytes: observedAt === peak ? 5600 : 560,
    })),
  )
  if (range === '7d')
    await createIngest(world.system).submit(
      actor,
      [makeReport({ sequence: 9000, observedAt: noon, optmemBytes: 5600 })],
      noon,
    )
  const [socket] = (await read(range)).sockets
  expect(socket?.points.length).toBeLessThanOrEqual(points)
  expect(socket?.points.length).toBeGreaterThan(points - 5)
  expect(socket?.points.filter((point) => point.optmemBytes === 5600)).toHaveLength(1)
  expect(socket?.points.filter((point) => point.optmemBytes === null)).toEqual([])
})

test.for(['6h', '24h', '7d'] as const)('in %s a silent hour is a gap, not a line', async (range) => {
  const [start, silent] = [noon - 5 * hour, noon - 3 * hour]
  await store(
    [...every(minute, start, silent), ...every(minute, silent + hour + 31 * minute, noon)].map((observedAt) => ({
      observedAt,
    })),
  )
  const [socket] = (await read(range)).sockets
  const gaps = socket?.points.filter((point) => point.optmemBytes === null) ?? []
  expect(gaps).toHaveLength(1)
  expect(Date.parse(gaps[0]?.at ?? '')).toBeGreaterThan(silent)
  expect(Date.parse(gaps[0]?.at ?? '')).toBeLessThan(silent + hour + 31 * minute)
})

test('a collector that reports each minute draws one line in the last hour', async () => {
  await store(every(minute, noon - 50 * minute, noon).map((observedAt) => ({ observedAt })))
  expect((await read('1h')).sockets[0]?.points.filter((point) => point.optmemBytes === null)).toEqual([])
})

test('an unmeasured time is a gap', async () => {
  await store(
    every(15_000, noon - 2 * minute, noon).map((observedAt, index) => ({
      observedAt,
      optmemBytes: index === 4 ? null : 560,
    })),
  )
  const points = (await read('1h')).sockets[0]?.points ?? []
  expect(points.map((point) => point.optmemBytes)).toEqual([560, 560, 560, 560, null, 560, 560, 560, 560])
})

test('a restart is marked if a socket replaced another', async () => {
  const before = every(minute, noon - 30 * minute, noon - 11 * minute).map((observedAt) => ({
    observedAt,
    optmemBytes: 11_200,
  }))
  const after = every(minute, noon - 10 * minute, noon).map((observedAt) => ({
    observedAt,
    optmemBytes: 56,
    inode: 9999,
    pid: 1200,
  }))
  await store([...before, ...after])
  const { sockets, restarts } = await read('1h')
  expect(sockets.map((socket) => socket.pid)).toEqual([913, 1200])
  expect(restarts).toEqual([{ at: new Date(noon - 10 * minute).toISOString(), daemon: 'radvd' }])
})
