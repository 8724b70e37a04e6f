import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadBoots } from '../state/boots.ts'
import { loadStates } from '../state/load.ts'
import { readStored } from '../state/stored.ts'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { readMigrations } from './migrations.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase({ migrated: false })
})
afterAll(() => db.close())

const at = Date.UTC(2026, 5, 15, 12)
const instant = `'${new Date(at).toISOString()}'`

const BEFORE = `
  INSERT INTO hypervisor (id, host_id, name, demo, created_at, version, status, status_reason, status_since, boot_id,
    last_seen_at, observed_at, clock_skew_ms, judge_again_at, membership_bytes, memory)
  VALUES ('hv_1', 'host-1', 'hv-1', false, ${instant}, 41, 'healthy', 'fine', ${instant}, 'boot-2',
    ${instant}, ${instant}, -7, ${instant}, 56, '{"sequence":9}');
  INSERT INTO hypervisor (id, host_id, name, demo, created_at, status, status_reason, status_since)
  VALUES ('hv_2', 'host-2', 'hv-2', false, ${instant}, 'silent', 'enrolled', ${instant});
  INSERT INTO hypervisor_boot VALUES ('hv_1', 'boot-1', 70, ${instant}), ('hv_1', 'boot-2', 9, ${instant});
  INSERT INTO sender_socket (hypervisor_id, key, namespace_id, inode, daemon, pid, trend, memory, facts)
  VALUES ('hv_1', '1:2', 1, 2, 'radvd', 3, '[{"at":5,"optmemBytes":56},{"at":7,"optmemBytes":112}]', '{}',
    '{"version":null,"startedAt":null,"executableDeleted":false,"method":null,"unmeasuredReason":null,"staleInterfaceIndexes":null}');
  INSERT INTO vm (hypervisor_id, key, id, search, name, tap_keys, route_status, route_since, route_checked_at, checks, memory)
  VALUES ('hv_1', 'name:vm', 'vm_1', 'vm', 'vm', '{}', 'ok', ${instant}, ${instant},
    '[{"method":"guest-agent","checkedAt":${at},"defaultRoute":"present","reason":null,"gateway":null,"expiresAt":null}]', '{}')`

test('the state of an older version is read as it was', async () => {
  const migrations = await readMigrations()
  const first = migrations.findIndex(({ name }) => name.endsWith('_pulse'))
  for (const { sql } of migrations.slice(0, first)) await db.pool.query(sql)
  await db.pool.query(BEFORE)
  for (const { sql } of migrations.slice(first)) await db.pool.query(sql)

  const stored = await readStored(db.pool, ['hv_1', 'hv_2'])
  expect(stored.toSorted((one, other) => one.id.localeCompare(other.id))).toMatchObject([
    { id: 'hv_1', version: 41, lastSequence: 9, vmTimes: null },
    { id: 'hv_2', version: 0, lastSequence: null, state: null },
  ])
  const states = await loadStates(db.pool, stored)
  expect(states.get('hv_1')).toMatchObject({
    lastSeenAt: at,
    observedAt: at,
    clockSkew: -7,
    judgeAgainAt: at,
    memory: { sequence: 9 },
    sockets: [
      {
        key: '1:2',
        trend: [
          { at: 5, optmemBytes: 56 },
          { at: 7, optmemBytes: 112 },
        ],
      },
    ],
    vms: [{ key: 'name:vm', route: { checkedAt: at }, checks: [{ checkedAt: at }] }],
  })
  expect(states.has('hv_2')).toBe(false)
  expect(await loadBoots(db.pool, ['hv_1'], ['boot-1'])).toMatchObject([{ lastSequence: 70 }])
})
