import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { readFleet } from '../page/read-fleet.ts'
import { readReadiness } from '../health/read-readiness.ts'
import { createIngest } from '../report/ingest.ts'
import { makeReport } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { keepHouse, runWorker } from './run.ts'

const day = 86_400_000

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

async function partitions(table: string): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
    [table],
  )
  return rows.map((row) => row.name)
}

test('history is kept for its days and then dropped by the partition', async () => {
  const actor = await world.enrolled('host-0001')
  const ingest = createIngest(world.system)
  await ingest.submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  await keepHouse(world.system)
  expect(await partitions('sample')).toEqual(['sample_p20260615', 'sample_p20260616'])

  world.clock.now = noon + 7 * day
  await keepHouse(world.system)
  expect(await partitions('sample')).toContain('sample_p20260615')
  world.clock.now = noon + 8 * day
  await keepHouse(world.system)
  expect(await partitions('sample')).not.toContain('sample_p20260615')
  expect(await partitions('sample_5m')).toContain('sample_5m_p20260615')
  world.clock.now = noon + 36 * day
  await keepHouse(world.system)
  expect(await partitions('sample_5m')).not.toContain('sample_5m_p20260615')
  expect(await partitions('sample_1h')).toContain('sample_1h_p202606')
  world.clock.now = noon + 432 * day
  await keepHouse(world.system)
  expect(await partitions('sample_1h')).toEqual(['sample_1h_p202607', 'sample_1h_p202708'])
  expect(world.logged).toContainEqual({ fields: { dropped: ['sample_p20260615'] }, message: 'expired history dropped' })

  await ingest.submit(actor, [makeReport({ sequence: 2, observedAt: world.clock.now })], world.clock.now)
  expect((await world.db.pool.query('SELECT FROM sample')).rowCount).toBe(1)
})

test('of two workers one works, and the other takes over when it stops', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  const [first, second] = [new AbortController(), new AbortController()]
  const running = [runWorker(world.system, first.signal, 0), runWorker(world.system, second.signal, 0)]
  await vi.waitFor(async () => expect(await heldLocks()).toBe(1), { timeout: 10_000 })
  await sleep(500)
  expect(await heldLocks()).toBe(1)
  first.abort()
  await running[0]
  await vi.waitFor(async () => expect(await heldLocks()).toBe(1), { timeout: 10_000 })
  world.clock.now = noon + day
  await vi.waitFor(async () => expect((await readFleet(world.user)).hypervisors[0]?.status).toBe('silent'), {
    timeout: 15_000,
  })
  second.abort()
  await running[1]
  await vi.waitFor(async () => expect(await heldLocks()).toBe(0), { timeout: 5000 })
})

async function heldLocks(): Promise<number> {
  const { rows } = await world.db.pool.query<{ held: number }>(
    `SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory'
     AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0]?.held ?? Number.NaN
}

test('a worker whose connection is cut, and whose table is away, logs it and goes on', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  const stop = new AbortController()
  await world.db.pool.query('ALTER TABLE tap RENAME TO tap_away')
  world.clock.now = noon + day
  const running = runWorker(world.system, stop.signal, 0)
  await vi.waitFor(() => expect(world.logged.map((line) => line.message)).toContain('judging what is due failed'), {
    timeout: 10_000,
  })
  await world.db.pool.query('ALTER TABLE tap_away RENAME TO tap')
  await world.db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())`)
  await vi.waitFor(async () => expect((await readFleet(world.user)).hypervisors[0]?.status).toBe('silent'), {
    timeout: 20_000,
  })
  stop.abort()
  await running
})

test('readiness knows the schema', async () => {
  expect(await readReadiness(world.anonymous)).toEqual({ database: 'ok', schema: 'current' })
  const future = `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('x', '', now(), '29990101_future')`
  await world.db.pool.query(future)
  await expect(readReadiness(world.anonymous)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('newer'),
  })
  await world.db.pool.query(`DELETE FROM _prisma_migrations WHERE id = 'x'`)
})

test('after a start, hosts are heard before any is called silent', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  world.clock.now = noon + day
  const stop = new AbortController()
  const running = runWorker(world.system, stop.signal, 60_000)
  await vi.waitFor(async () => expect(await heldLocks()).toBe(1), { timeout: 10_000 })
  await sleep(500)
  expect((await readFleet(world.user)).hypervisors[0]?.status).not.toBe('silent')
  world.clock.now += 60_000
  await vi.waitFor(async () => expect((await readFleet(world.user)).hypervisors[0]?.status).toBe('silent'), {
    timeout: 15_000,
  })
  stop.abort()
  await running
})
