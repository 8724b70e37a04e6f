import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen, NOTIFY_CHANNEL } from './listen.ts'
import { openTestDatabase, type TestDatabase } from './testing/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase({ migrated: false })
})
afterAll(() => db.close())

const notify = (payload: string) => db.pool.query('SELECT pg_notify($1, $2)', [NOTIFY_CHANNEL, payload])

test('a listener reconnects after a cut, hears payloads and is told of the cut', async () => {
  const heard: string[] = []
  let reconnects = 0
  const listener = await listen(
    db.url,
    NOTIFY_CHANNEL,
    (payload) => heard.push(payload),
    () => reconnects++,
  )
  await notify('hv_1')
  await notify('')
  await expect.poll(() => heard).toEqual(['hv_1', ''])
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'slashzero listen'`,
  )
  await expect.poll(() => reconnects).toBe(1)
  await notify('hv_2')
  await expect.poll(() => heard).toEqual(['hv_1', '', 'hv_2'])
  await listener.close()
  await notify('hv_3')
  const { rows } = await db.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'slashzero listen'`,
  )
  expect(rows).toEqual([])
  expect(heard).toHaveLength(3)
})

test('an unreachable server is an error at once', async () => {
  const attempt = listen(
    'postgresql://nobody@127.0.0.1:1/none',
    NOTIFY_CHANNEL,
    () => undefined,
    () => undefined,
  )
  await expect(attempt).rejects.toThrow('ECONNREFUSED')
})
