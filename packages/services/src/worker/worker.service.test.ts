import { pause, type Pause } from '@slashzero/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readReadiness } from '../health/read-readiness.ts'
import { createIngest } from '../report/ingest.ts'
import { listedHypervisors } from '../testing/pages.ts'
import { makeReport } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { runMaintenance, runWorker } from './run.ts'

const day = 86_400_000
/** Rounds that follow each other at once. Out: how to wait between them, and the number of waits so far. */
function quickRounds(): { wait: Pause; count: () => number } {
  let rounds = 0
  const wait: Pause = (_milliseconds, signal) => {
    rounds += 1
    return pause(20, signal)
  }
  return { wait, count: () => rounds }
}

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

test('each history table keeps its days and then loses whole partitions', async () => {
  const actor = await world.enrolled('host-0001')
  const ingest = createIngest(world.system)
  await ingest.submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  await runMaintenance(world.system)
  expect((await partitions('sample')).slice(0, 8).at(-1)).toBe('sample_p20260615')
  expect((await partitions('sample')).at(-1)).toBe('sample_p20260622')
  expect(await partitions('transition')).toHaveLength(14)

  world.clock.now = noon + 7 * day
  await runMaintenance(world.system)
  expect(await partitions('sample')).toContain('sample_p20260615')
  world.clock.now = noon + 8 * day
  await runMaintenance(world.system)
  expect(await partitions('sample')).not.toContain('sample_p20260615')
  expect(await partitions('sample_5m')).toContain('sample_5m_p20260615')
  world.clock.now = noon + 36 * day
  await runMaintenance(world.system)
  expect(await partitions('sample_5m')).not.toContain('sample_5m_p20260615')
  expect(await partitions('sample_1h')).toContain('sample_1h_p202606')
  world.clock.now = noon + 432 * day
  await runMaintenance(world.system)
  expect(await partitions('sample_1h')).toEqual(['sample_1h_p202607', 'sample_1h_p202708'])
  expect(world.logged).toContainEqual({
    fields: { dropped: expect.arrayContaining(['sample_p20260615']) },
    message: 'expired history dropped',
  })

  await ingest.submit(actor, [makeReport({ sequence: 2, observedAt: world.clock.now })], world.clock.now)
  expect((await world.db.pool.query('SELECT FROM sample')).rowCount).toBe(1)
})

test('only the latest hundred boots of a hypervisor are kept', async () => {
  const actor = await world.enrolled('host-0001')
  const ingest = createIngest(world.system)
  const bootOf = (nth: number) => `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`
  for (const nth of [0, 1, 2]) {
    const batch = Array.from({ length: 50 }, (_, place) =>
      makeReport({ sequence: 1, observedAt: world.clock.now, bootId: bootOf(50 * nth + place) }),
    )
    expect(await ingest.submit(actor, batch, world.clock.now)).toEqual({ accepted: 50, duplicates: 0 })
    expect(await ingest.submit(actor, batch, world.clock.now)).toEqual({ accepted: 0, duplicates: 50 })
    world.clock.now += 1000
  }
  await runMaintenance(world.system)
  const { rows } = await world.db.pool.query<{ boots: number; oldest: string }>(
    'SELECT count(*) AS boots, min(boot_id) AS oldest FROM hypervisor_boot',
  )
  expect(rows).toEqual([{ boots: 100, oldest: bootOf(50) }])
})

test('one of two workers works, and the other takes over when the first stops', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  const [first, second] = [new AbortController(), new AbortController()]
  const rounds = [quickRounds(), quickRounds()] as const
  const running = [
    runWorker(world.system, first.signal, { hearingMilliseconds: 0, wait: rounds[0].wait }),
    runWorker(world.system, second.signal, { hearingMilliseconds: 0, wait: rounds[1].wait }),
  ]
  await expect.poll(heldLocks).toBe(1)
  await expect.poll(() => Math.min(...rounds.map(({ count }) => count()))).toBeGreaterThan(3)
  expect(await heldLocks()).toBe(1)
  first.abort()
  await running[0]
  await expect.poll(heldLocks).toBe(1)
  world.clock.now = noon + day
  await expect.poll(status).toBe('silent')
  second.abort()
  await running[1]
  await expect.poll(heldLocks).toBe(0)
})

async function status(): Promise<string | undefined> {
  return (await listedHypervisors(world.user))[0]?.status
}

async function heldLocks(): Promise<number> {
  const { rows } = await world.db.pool.query<{ held: number }>(
    `SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory'
     AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0]?.held ?? Number.NaN
}

test('a worker survives a cut connection and a missing table, and logs both', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  const stop = new AbortController()
  await world.db.pool.query('ALTER TABLE tap RENAME TO tap_away')
  world.clock.now = noon + day
  const running = runWorker(world.system, stop.signal, { hearingMilliseconds: 0, wait: quickRounds().wait })
  await expect.poll(() => world.logged.map((line) => line.message)).toContain('judging due hypervisors failed')
  await world.db.pool.query('ALTER TABLE tap_away RENAME TO tap')
  await world.db.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())`)
  await expect.poll(status).toBe('silent')
  stop.abort()
  await running
})

test('readiness refuses a schema that is newer than the code', async () => {
  expect(await readReadiness(world.anonymous)).toEqual({ database: 'ok', schema: 'current' })
  const future = `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('x', '', now(), '29990101_future')`
  await world.db.pool.query(future)
  await expect(readReadiness(world.anonymous)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('newer'),
  })
  await world.db.pool.query(`DELETE FROM _prisma_migrations WHERE id = 'x'`)
})

test('a worker that just started calls no host silent', async () => {
  const actor = await world.enrolled('host-0001')
  await createIngest(world.system).submit(actor, [makeReport({ sequence: 1, observedAt: noon })], noon)
  world.clock.now = noon + day
  const stop = new AbortController()
  const { wait, count } = quickRounds()
  const running = runWorker(world.system, stop.signal, { wait })
  await expect.poll(heldLocks).toBe(1)
  await expect.poll(count).toBeGreaterThan(3)
  expect(await status()).not.toBe('silent')
  world.clock.now += 60_000
  await expect.poll(status).toBe('silent')
  stop.abort()
  await running
})
