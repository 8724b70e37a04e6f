import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listen, notifyChannel } from './listen.ts'
import { openTestDatabase, type TestDatabase } from './testing/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase({ migrated: false })
})
afterAll(() => db.close())

const notify = (payload: string) => db.pool.query('SELECT pg_notify($1, $2)', [notifyChannel, payload])

test('a listener hears every payload, also after its connection was cut, and is told of the cut', async () => {
  const heard: string[] = []
  let reconnects = 0
  const listener = await listen(
    db.url,
    notifyChannel,
    (payload) => heard.push(payload),
    () => reconnects++,
  )
  await notify('hv_1')
  await notify('')
  await vi.waitFor(() => expect(heard).toEqual(['hv_1', '']))
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'slashzero listen'`,
  )
  await vi.waitFor(() => expect(reconnects).toBe(1), { timeout: 10_000 })
  await notify('hv_2')
  await vi.waitFor(() => expect(heard).toEqual(['hv_1', '', 'hv_2']))
  await listener.close()
  await notify('hv_3')
  const { rows } = await db.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'slashzero listen'`,
  )
  expect(rows).toEqual([])
  expect(heard).toHaveLength(3)
})

test('a server that is not there is said at once', async () => {
  const attempt = listen(
    'postgresql://nobody@127.0.0.1:1/none',
    notifyChannel,
    () => undefined,
    () => undefined,
  )
  await expect(attempt).rejects.toThrow('ECONNREFUSED')
})
