import { buildCheck } from '@slashzero/contract/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { removeHypervisor } from '../hypervisor/remove.ts'
import { boots, makeReport } from '../testing/report.ts'
import { listedVms, wholeHypervisor } from '../testing/pages.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { createIngest } from './ingest.ts'

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

const PASS = 15_000
const iso = (at: number) => new Date(at).toISOString()

/** A report of 30 VMs whose agents confirm the route, as almost every report is. */
function steady(sequence: number, bootId: string = boots[0], names = (nth: number) => `vm-${nth}`) {
  const observedAt = noon + sequence * PASS
  const nths = Array.from({ length: 30 }, (_, index) => index + 1)
  const taps = nths.map((ifindex) => ({ ifindex, vm: names(ifindex) }))
  const report = makeReport({ sequence, observedAt, bootId, taps })
  report.routeChecks = nths.map((nth) =>
    buildCheck(0, {
      vm: { name: names(nth), uuid: null },
      checkedAt: iso(observedAt - nth),
      defaultRoute: 'present',
      expiresInSeconds: 1800,
    }),
  )
  return { report, at: observedAt }
}

/** Written rows by table, and the updates among them that touched an index. */
async function readWrites(): Promise<Map<string, { rows: number; cold: number }>> {
  const { rows } = await world.db.pool.query<{ name: string; rows: number; cold: number }>(
    `SELECT relname AS name, n_tup_ins + n_tup_upd + n_tup_del AS rows, n_tup_upd - n_tup_hot_upd AS cold
     FROM pg_stat_user_tables`,
  )
  return new Map(rows.map(({ name, ...counts }) => [name, counts]))
}

/** Each connection tells its counts when it has been idle; `pg_stat_force_next_flush` tells them at the next end. */
async function flush() {
  const { pool } = world.db
  const clients = await Promise.all(Array.from({ length: 10 }, () => pool.connect()))
  for (const client of clients) await client.query('SELECT pg_stat_force_next_flush()')
  for (const client of clients) client.release()
}

test('steady reports write the pulse and a sample, and no index of the state', async () => {
  const ingest = createIngest(world.system)
  for (const sequence of [1, 2]) {
    const { report, at } = steady(sequence)
    await ingest.submit(actor, [report], at)
  }
  await flush()
  const before = await readWrites()
  for (let sequence = 3; sequence <= 42; sequence++) {
    const { report, at } = steady(sequence)
    await ingest.submit(actor, [report], at)
  }
  await flush()
  const after = await readWrites()
  const grown = (name: string, figure: 'rows' | 'cold') =>
    (after.get(name)?.[figure] ?? 0) - (before.get(name)?.[figure] ?? 0)
  const written = [...after.keys()].filter((name) => grown(name, 'rows') > 0 && !name.startsWith('sample'))
  expect(written.map((name) => [name, grown(name, 'rows')])).toEqual([['hypervisor_pulse', 40]])
  // The snapshot of an autovacuum keeps old versions on their page for a moment, which then may be full.
  expect(grown('hypervisor_pulse', 'cold')).toBeLessThanOrEqual(4)
})

test('lists and details show the times of the latest check', async () => {
  const ingest = createIngest(world.system)
  for (const sequence of [1, 2, 3]) {
    const { report, at } = steady(sequence)
    await ingest.submit(actor, [report], at)
  }
  const observedAt = noon + 3 * PASS
  const check = { checkedAt: iso(observedAt - 7), expiresAt: iso(observedAt - 7 + 1_800_000) }
  const expected = { name: 'vm-7', route: { ...check, checks: [check] }, countdown: { endsAt: check.expiresAt } }
  const items = await listedVms(world.user, { sort: 'name' })
  expect(items.find(({ name }) => name === 'vm-7')).toMatchObject(expected)
  const detail = await wholeHypervisor(world.user, actor.hypervisorId)
  expect(detail.vmRows.find(({ name }) => name === 'vm-7')).toMatchObject(expected)
  expect(detail).toMatchObject({ lastSeenAt: iso(observedAt), observedAt: iso(observedAt) })
})

test('a server that starts again goes on as if it had not stopped', async () => {
  const reports = Array.from({ length: 6 }, (_, index) => steady(index + 1))
  const second = await world.enrolled('host-0002')
  const ingest = createIngest(world.system)
  for (const { report, at } of reports) {
    await createIngest(world.system).submit(actor, [report], at)
    await ingest.submit(second, [{ ...report, host: { ...report.host, id: 'host-0002' } }], at)
  }
  const { rows } = await world.db.pool.query<{ times: Buffer }>(
    'SELECT vm_times AS times, trends::text, memory::text, judge_again_at, last_sequence FROM hypervisor_pulse',
  )
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]?.times.length).toBeGreaterThan(300)
})

test('VMs whose keys have one hash show their own times', async () => {
  // Both keys have the 32-bit FNV-1a 3485963273.
  const names = (nth: number) => (nth === 1 ? 'vm-109771' : nth === 2 ? 'vm-1009980' : `vm-${nth}`)
  const ingest = createIngest(world.system)
  for (const sequence of [1, 2, 3]) {
    const { report, at } = steady(sequence, boots[0], sequence === 1 ? undefined : names)
    await ingest.submit(actor, [report], at)
  }
  const { vmRows } = await wholeHypervisor(world.user, actor.hypervisorId)
  const checkedAt = (name: string) => vmRows.find((vm) => vm.name === name)?.route.checkedAt
  expect([1, 2, 3].map((nth) => checkedAt(names(nth)))).toEqual([1, 2, 3].map((nth) => iso(noon + 3 * PASS - nth)))
})

test('each boot refuses the reports that it stored before another boot', async () => {
  const [first, second] = boots
  const send = (sequence: number, bootId: string) => {
    const { report, at } = steady(sequence, bootId)
    return createIngest(world.system).submit(actor, [report], at)
  }
  const fresh = { accepted: 1, duplicates: 0 }
  const known = { accepted: 0, duplicates: 1 }
  expect(await send(1, first)).toEqual(fresh)
  expect(await send(3, first)).toEqual(fresh)
  expect(await send(4, second)).toEqual(fresh)
  expect(await send(6, second)).toEqual(fresh)
  for (const sequence of [1, 2, 3]) expect(await send(sequence, first)).toEqual(known)
  expect(await send(7, first)).toEqual(fresh)
  expect(await send(9, first)).toEqual(fresh)
  for (const sequence of [4, 6]) expect(await send(sequence, second)).toEqual(known)
  expect(await send(9, first)).toEqual(known)
  expect(await send(10, second)).toEqual(fresh)
  for (const sequence of [7, 9]) expect(await send(sequence, first)).toEqual(known)
})

test('a hypervisor that is removed amid its reports refuses the rest of them', async () => {
  const ingest = createIngest(world.system)
  let sequence = 0
  const send = async () => {
    while (sequence < 500) {
      sequence += 1
      // Each report writes a VM, whose row refers to the row of the hypervisor.
      const { report, at } = steady(sequence, boots[0], (nth) => `vm-${nth === 1 ? `new-${sequence}` : nth}`)
      await ingest.submit(actor, [report], at)
    }
  }
  const sending = send().catch((error: unknown) => error)
  await expect.poll(() => sequence).toBeGreaterThan(5)
  await removeHypervisor(world.user, { id: actor.hypervisorId })
  expect(await sending).toMatchObject({ code: 'forbidden' })
  expect(await listedVms(world.user)).toEqual([])
})
