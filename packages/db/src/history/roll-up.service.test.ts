import type { Sample } from '@slashzero/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { insertSamples } from './insert.ts'
import { makePartitions } from './partitions.ts'
import { readHeadroomRows } from './read-headroom.ts'
import { rollUp } from './roll-up.ts'

const noon = Date.UTC(2026, 5, 15, 12)
const MINUTE = 60_000
const BUCKET = 5 * MINUTE
const HOUR = 60 * MINUTE
const HOSTS = ['hv_1', 'hv_2']

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase()
  await makePartitions(db, noon)
  const at = `'${new Date(noon).toISOString()}'`
  const rows = HOSTS.map((id) => `('${id}', '${id}', '${id}', false, ${at}, 'silent', '', ${at})`)
  await db.pool.query(
    `INSERT INTO hypervisor (id, host_id, name, demo, created_at, status, status_reason, status_since) VALUES ${rows.join(', ')}`,
  )
})
afterAll(() => db.close())
beforeEach(async () => {
  for (const table of ['sample', 'sample_5m', 'sample_1h', 'roll_up_due']) await db.pool.query(`DELETE FROM ${table}`)
  await db.pool.query('UPDATE roll_up SET until = $1', [new Date(noon)])
})

function buildSample(at: number, optmemBytes: number | null, socketKey = '1:1'): Sample {
  const figures = { optmemMaxBytes: 20_480, membershipBytes: 56, liveMemberships: 1, staleMemberships: 0 }
  return { at, socketKey, daemon: 'radvd', pid: 7, namespaceName: null, optmemBytes, ...figures }
}

const insert = (id: string, ...samples: Sample[]) => insertSamples(db.pool, [{ id, samples }])

async function read(table: string): Promise<unknown[]> {
  const { rows } = await db.pool.query(
    `SELECT hypervisor_id AS id, at, socket_key AS socket, optmem_bytes AS bytes FROM ${table} ORDER BY 1, 2, 3`,
  )
  return rows
}

/** The largest usage in each step, straight from the samples. */
async function expected(step: number): Promise<unknown[]> {
  const { rows } = await db.pool.query(
    `SELECT hypervisor_id AS id, date_bin($1 * interval '1 ms', at, to_timestamp(0)) AS at, socket_key AS socket, max(optmem_bytes) AS bytes
     FROM sample GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [step],
  )
  return rows
}

test('late, early and repeated samples end in the largest usage of each step', async () => {
  const random = createRandom(11)
  let now = noon
  for (let round = 0; round < 60; round++) {
    now += Math.floor(random() * 3 * MINUTE)
    const id = HOSTS[round % 2] ?? ''
    // Half of the samples are up to two hours late.
    const samples = Array.from({ length: 5 }, (_, nth) => {
      const late = random() < 0.5 ? Math.floor(random() * 2 * HOUR) : 0
      return buildSample(now - late, random() < 0.1 ? null : Math.floor(random() * 1000), `1:${nth % 2}`)
    })
    await insert(id, ...samples)
    if (random() < 0.4) await rollUp(db, now, 60_000)
  }
  await rollUp(db, now + HOUR, 60_000)
  expect(await read('sample_5m')).toEqual(await expected(BUCKET))
  expect(await read('sample_1h')).toEqual(await expected(HOUR))
  expect((await db.pool.query('SELECT FROM roll_up_due')).rowCount).toBe(0)
})

/** A linear congruential generator (Numerical Recipes), so that a failure repeats. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32
}

test('a bucket is rolled up a minute after its end, and later samples on their own', async () => {
  await insert('hv_1', buildSample(noon + MINUTE, 560))
  await rollUp(db, noon + BUCKET + MINUTE - 1, 60_000)
  expect(await read('sample_5m')).toEqual([])
  await rollUp(db, noon + BUCKET + MINUTE, 60_000)
  const first = { id: 'hv_1', at: noon, socket: '1:1', bytes: 560 }
  expect(await read('sample_5m')).toEqual([first])
  await insert('hv_1', buildSample(noon + 2 * MINUTE, 616))
  await insert('hv_2', buildSample(noon + BUCKET, 56))
  await rollUp(db, noon + BUCKET + MINUTE, 60_000)
  expect(await read('sample_5m')).toEqual([{ ...first, bytes: 616 }])
  expect(await read('sample_1h')).toEqual([{ ...first, bytes: 616 }])
})

test('a worker that was away for three days catches up in parts', async () => {
  const samples = Array.from({ length: 70 }, (_, hour) => buildSample(noon + hour * HOUR, 56 * hour))
  await makePartitions(db, noon + 3 * 24 * HOUR)
  await insert('hv_1', ...samples)
  await rollUp(db, noon + 72 * HOUR, 0)
  expect((await read('sample_5m')).length).toBe(0)
  for (let round = 0; round < 200 && (await read('sample_1h')).length < 70; round++)
    await rollUp(db, noon + 72 * HOUR, 50)
  expect(await read('sample_5m')).toEqual(await expected(BUCKET))
})

test('a bucket waits for an insert that is not committed', async () => {
  const client = await db.pool.connect()
  await client.query('BEGIN')
  await insertSamples(client, [{ id: 'hv_1', samples: [buildSample(noon, 560)] }])
  const rolling = rollUp(db, noon + HOUR, 60_000)
  await expect.poll(waitingLocks).toBe(1)
  await client.query('COMMIT')
  client.release()
  await rolling
  await rollUp(db, noon + HOUR, 60_000)
  expect(await read('sample_5m')).toEqual([{ id: 'hv_1', at: noon, socket: '1:1', bytes: 560 }])
})

async function waitingLocks(): Promise<number> {
  const { rows } = await db.pool.query<{ waiting: number }>(
    `SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0]?.waiting ?? Number.NaN
}

test.for([
  { source: 'sample_5m', first: noon - BUCKET },
  { source: 'sample_1h', first: noon - HOUR },
] as const)('$source shows samples before they are rolled up', async ({ source, first }) => {
  const query = { hypervisorId: 'hv_1', source, from: noon - HOUR, to: noon + HOUR, stepSeconds: 300 }
  const points = async () =>
    (await readHeadroomRows(db.pool, query)).rows.map(({ at, optmemBytes }) => [at, optmemBytes])
  await insert('hv_1', buildSample(noon + MINUTE, 112), buildSample(noon + BUCKET, 168))
  await insert('hv_1', buildSample(noon - 4 * MINUTE, 56))
  const latest = [
    [noon, 112],
    [noon + BUCKET, 168],
  ]
  expect(await points()).toEqual([[noon - BUCKET, 56], ...latest])
  await rollUp(db, noon + BUCKET + MINUTE, 60_000)
  expect(await points()).toEqual([[first, 56], ...latest])
})
