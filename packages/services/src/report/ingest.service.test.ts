import { rollUp } from '@slashzero/db'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { removeHypervisor } from '../hypervisor/remove.ts'
import { boots, makeReport, type ReportInput } from '../testing/report.ts'
import { listedHypervisors, listedVms, wholeHypervisor } from '../testing/pages.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { createIngest, type Ingest } from './ingest.ts'

const interval = 15_000
let world: World
let ingest: Ingest
let actor: CollectorActor
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  ingest = createIngest(world.system)
  actor = await world.enrolled('host-0001')
})

/** The `sequence`-th report of a host, observed on time. */
function nth(sequence: number, more: Partial<ReportInput> = {}) {
  return makeReport({ sequence, observedAt: noon + sequence * interval, taps: [{ ifindex: 7 }], ...more })
}

/** Sends reports together, just when the last was observed. */
function submit(...reports: ReturnType<typeof nth>[]) {
  const sentAt = reports.at(-1)?.observedAt ?? ''
  return ingest.submit(
    actor,
    reports.map((report) => Object.assign(report, { sentAt })),
    Date.parse(sentAt),
  )
}

async function count(table: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`)
  return rows[0]?.count ?? Number.NaN
}

/** Everything that reports write, so that "nothing changed" can be said. */
async function dump(): Promise<unknown> {
  const tables = [
    'hypervisor',
    'hypervisor_pulse',
    'hypervisor_boot',
    'sender_socket',
    'tap',
    'vm',
    'sample',
    'sample_5m',
    'sample_1h',
    'transition',
  ]
  const results = await Promise.all(
    tables.map((table) => world.db.pool.query(`SELECT t.* FROM ${table} t ORDER BY t::text`)),
  )
  return results.map((result) => result.rows)
}

test('the pages show an accepted report', async () => {
  const report = nth(1, {
    optmemBytes: 1120,
    stale: [3, 4],
    routes: { 'vm-7': 'absent' },
    taps: [{ ifindex: 7, joined: false }],
  })
  expect(await submit(report)).toEqual({ accepted: 1, duplicates: 0 })
  const detail = await wholeHypervisor(world.user, actor.hypervisorId)
  expect(detail).toMatchObject({
    name: 'hv-1',
    hostId: 'host-0001',
    kernel: '6.1.0-18-amd64',
    labels: { site: 'par1' },
    membershipBytes: 56,
    clockSkewMilliseconds: 0,
    lastSeenAt: new Date(noon + interval).toISOString(),
    vms: { total: 1, missing: 1, unknown: 0 },
    senders: [{ daemon: 'radvd', optmemBytes: 1120, memberships: 20, staleMemberships: 2, liveMemberships: 18 }],
    taps: [{ name: 'tap7', status: 'not-joined', vm: { name: 'vm-7' } }],
    vmRows: [{ name: 'vm-7', tap: { name: 'tap7', ifindex: 7 }, route: { status: 'missing', method: 'guest-agent' } }],
    runs: [],
  })
  expect(detail.taps[0]?.vm?.id).toBe(detail.vmRows[0]?.id)
})

test('sending a report again changes nothing, alone or in a batch with new ones', async () => {
  const batch = [nth(1), nth(2), nth(3)]
  expect(await submit(...batch)).toEqual({ accepted: 3, duplicates: 0 })
  const stored = await dump()
  expect(await submit(...batch)).toEqual({ accepted: 0, duplicates: 3 })
  expect(await submit(nth(2))).toEqual({ accepted: 0, duplicates: 1 })
  expect(await dump()).toEqual(stored)
  expect(await submit(nth(3), nth(4))).toEqual({ accepted: 1, duplicates: 1 })
  expect(await count('sample')).toBe(4)
})

test('one report sent to two replicas at once counts once', async () => {
  const other = createIngest(world.system)
  const answers = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? ingest : other).submit(actor, [nth(1)], noon)))
  expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1)
  expect(answers.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(3)
  expect(await count('sample')).toBe(1)
})

test('replicas that take turns end in the state of a single server', async () => {
  const other = createIngest(world.system)
  const second = await world.enrolled('host-0002')
  for (let sequence = 1; sequence <= 8; sequence++) {
    const more = {
      optmemBytes: 560 + 56 * sequence,
      stale: Array.from({ length: sequence }, (_, index) => 100 + index),
    }
    const at = noon + sequence * interval
    await (sequence % 3 === 0 ? other : ingest).submit(actor, [nth(sequence, more)], at)
    await ingest.submit(second, [nth(sequence, { ...more, hostId: 'host-0002' })], at)
  }
  const [one, two] = await Promise.all(
    [actor, second].map(({ hypervisorId }) => wholeHypervisor(world.user, hypervisorId)),
  )
  const without = ({ id: _id, hostId: _hostId, vmRows, taps, ...rest }: NonNullable<typeof one>) => ({
    ...rest,
    routes: vmRows.map(({ route }) => route),
    taps: taps.map(({ vm: _vm, ...tap }) => tap),
  })
  expect(one && without(one)).toEqual(two && without(two))
  expect(one?.senders[0]?.staleMemberships).toBe(8)
})

test('many hosts at once are all stored, in few transactions', async () => {
  const actors = await Promise.all(Array.from({ length: 40 }, (_, index) => world.enrolled(`host-1${index}00`)))
  const answers = await Promise.all(
    actors.map((one) => ingest.submit(one, [nth(1, { hostId: one.hostId, name: one.hostId })], noon)),
  )
  expect(answers).toEqual(actors.map(() => ({ accepted: 1, duplicates: 0 })))
  expect(await count('sample')).toBe(40)
  // Other test files use the same PostgreSQL, so the server's own count of transactions says too much.
  const { rows } = await world.db.pool.query<{ transactions: number }>(
    'SELECT count(DISTINCT xmin::text)::int AS transactions FROM sample',
  )
  expect(rows[0]?.transactions).toBeLessThan(20)
})

async function transactions(): Promise<number> {
  const { rows } = await world.db.pool.query<{ id: number }>(`SELECT pg_current_xact_id()::text::bigint AS id`)
  return rows[0]?.id ?? Number.NaN
}

test('a report of another host is forbidden, and the error names the field', async () => {
  await expect(submit(nth(1, { hostId: 'host-0666' }))).rejects.toMatchObject({
    code: 'forbidden',
    errors: [{ pointer: '/0/host/id' }],
  })
  await expect(submit(nth(1), nth(2, { hostId: 'host-0666' }))).rejects.toMatchObject({
    errors: [{ pointer: '/1/host/id' }],
  })
  expect(await count('sample')).toBe(0)
})

test('a removed hypervisor may not report', async () => {
  await removeHypervisor(world.user, { id: actor.hypervisorId })
  await expect(submit(nth(1))).rejects.toMatchObject({ code: 'forbidden' })
})

test('a VM that two hosts report is two VMs', async () => {
  const second = await world.enrolled('host-0002')
  await submit(nth(1, { routes: { 'vm-7': 'absent' } }))
  await ingest.submit(second, [nth(1, { hostId: 'host-0002', routes: { 'vm-7': 'present' } })], noon + interval)
  const items = await listedVms(world.user)
  expect(new Set(items.map((vm) => vm.id)).size).toBe(2)
  const statuses = new Map(items.map((vm) => [vm.hypervisor.id, vm.route.status]))
  expect([statuses.get(actor.hypervisorId), statuses.get(second.hypervisorId)]).toEqual(['missing', 'ok'])
})

test('a VM that left and returned keeps its id', async () => {
  await submit(nth(1))
  const [before] = await listedVms(world.user)
  await submit(nth(2, { taps: [] }), nth(2000, { taps: [] }))
  expect(await listedVms(world.user)).toEqual([])
  await submit(nth(2001))
  expect((await listedVms(world.user)).map((vm) => vm.id)).toEqual([before?.id])
})

test('a host clock a year ahead loses nothing and is shown', async () => {
  const year = 365 * 86_400_000
  const report = nth(1, { observedAt: noon + year, sentAt: noon + year + 1000 })
  expect(await ingest.submit(actor, [report], noon)).toEqual({ accepted: 1, duplicates: 0 })
  const { rows } = await world.db.pool.query<{ at: number }>('SELECT at FROM sample')
  expect(rows).toEqual([{ at: noon - 1000 }])
  const detail = await wholeHypervisor(world.user, actor.hypervisorId)
  expect(detail.clockSkewMilliseconds).toBe(year + 1000)
})

test('reports of an impossible time are refused, and the rest of the batch is stored', async () => {
  const day = 86_400_000
  const old = nth(1, { observedAt: noon - 8 * day, sentAt: noon })
  const ahead = nth(2, { observedAt: noon + 11 * 60_000, sentAt: noon })
  const good = nth(3, { observedAt: noon, sentAt: noon })
  await expect(ingest.submit(actor, [old, ahead, good], noon)).rejects.toMatchObject({
    code: 'invalid',
    errors: [
      { pointer: '/0/observedAt', detail: expect.stringContaining('7 days') },
      { pointer: '/1/observedAt', detail: expect.stringContaining('10 minutes') },
    ],
  })
  expect(await count('sample')).toBe(1)
  await expect(ingest.submit(actor, [{ ...old, sequence: 9 }], noon)).rejects.toMatchObject({
    errors: [{ pointer: '/0/observedAt' }],
  })
})

test('a large batch is stored in parts, and errors point into the whole batch', async () => {
  const taps = Array.from({ length: 1500 }, (_, index) => ({ ifindex: index + 1 }))
  const reports = [1, 2, 3, 4, 5].map((sequence) => nth(sequence, { taps, sentAt: noon + 5 * interval }))
  const old = nth(9, { observedAt: noon - 8 * 86_400_000, sentAt: noon + 5 * interval })
  const batch = [...reports.slice(0, 4), old]
  const before = await transactions()
  await expect(ingest.submit(actor, batch, noon + 5 * interval)).rejects.toMatchObject({
    code: 'invalid',
    errors: [{ pointer: '/4/observedAt' }],
  })
  expect((await transactions()) - before).toBeGreaterThan(2)
  expect(await count('sample')).toBe(4)
  expect(await ingest.submit(actor, reports, noon + 5 * interval)).toEqual({ accepted: 1, duplicates: 4 })
})

test('the report of a quiet host goes before the reports of busy hosts', async () => {
  const busy = await Promise.all([0, 1, 2, 3].map((index) => world.enrolled(`host-b${index}00`)))
  const taps = Array.from({ length: 3000 }, (_, index) => ({ ifindex: index + 1 }))
  const order: string[] = []
  const send = async (one: CollectorActor, sequence: number, more: Partial<ReportInput>) => {
    await ingest.submit(one, [nth(sequence, { hostId: one.hostId, ...more })], noon)
    order.push(one.hostId)
  }
  const sent = busy.flatMap((one) => [1, 2].map((sequence) => send(one, sequence, { taps })))
  await Promise.race(sent)
  await Promise.all([...sent, send(actor, 1, {})])
  expect(order.indexOf(actor.hostId)).toBeLessThanOrEqual(2)
  expect(order.filter((hostId) => hostId === 'host-b000')).toHaveLength(2)
})

test('a week-old spool is stored in the partitions of its days', async () => {
  const day = 86_400_000
  const spool = [6, 5, 4, 3, 2, 1, 0].map((days, index) =>
    nth(index + 1, { observedAt: noon - days * day, sentAt: noon }),
  )
  expect(await ingest.submit(actor, spool, noon)).toEqual({ accepted: 7, duplicates: 0 })
  expect(await count('sample')).toBe(7)
  await rollUp(world.db, noon + 3_600_000, 60_000)
  expect(await count('sample_1h')).toBe(7)
})

test('a batch may span a reboot; a late report of the old boot is history', async () => {
  const [old, current] = boots
  await submit(
    nth(1, { bootId: old }),
    nth(2, { bootId: old }),
    nth(1, { bootId: current, observedAt: noon + 4 * interval, pid: 700 }),
  )
  const late = nth(3, {
    bootId: old,
    observedAt: noon + 3 * interval - 10_000,
    sentAt: noon + 5 * interval,
    optmemBytes: 5600,
  })
  expect(await ingest.submit(actor, [late], noon + 5 * interval)).toEqual({ accepted: 1, duplicates: 0 })
  expect(await count('sample')).toBe(4)
  const detail = await wholeHypervisor(world.user, actor.hypervisorId)
  expect(detail.senders).toMatchObject([{ pid: 700, optmemBytes: 560 }])
  expect(await submit(nth(2, { bootId: old }), nth(1, { bootId: current }))).toEqual({ accepted: 0, duplicates: 2 })
})

test('a roll-up keeps the whole sample with the largest usage', async () => {
  const at = Date.UTC(2026, 5, 15, 12, 0)
  const usage = [560, 1120, 840, 616]
  const stale = [[], [1, 2, 3], [1], []]
  const reports = usage.map((optmemBytes, index) =>
    nth(index + 1, { observedAt: at + index * 60_000, optmemBytes, stale: stale[index] ?? [] }),
  )
  for (const report of reports) await submit(report)
  await submit(nth(9, { observedAt: at + 300_000, optmemBytes: 672, stale: [] }))
  await rollUp(world.db, at + 3_600_000, 60_000)
  const { rows } = await world.db.pool.query(
    'SELECT at, optmem_bytes, stale_memberships, live_memberships FROM sample_5m ORDER BY at',
  )
  expect(rows).toEqual([
    { at, optmem_bytes: 1120, stale_memberships: 3, live_memberships: 17 },
    { at: at + 300_000, optmem_bytes: 672, stale_memberships: 0, live_memberships: 12 },
  ])
  const hourly = await world.db.pool.query('SELECT at, optmem_bytes FROM sample_1h')
  expect(hourly.rows).toEqual([{ at, optmem_bytes: 1120 }])
})

test('an unmeasured socket is stored as unknown, never as 0', async () => {
  await submit(nth(1, { optmemBytes: null }))
  await rollUp(world.db, noon + 3_600_000, 60_000)
  const { rows } = await world.db.pool.query('SELECT optmem_bytes, stale_memberships FROM sample_5m')
  expect(rows).toEqual([{ optmem_bytes: null, stale_memberships: null }])
  const [row] = await listedHypervisors(world.user)
  expect(row).toMatchObject({ status: 'not-measurable', optmemBytes: null, joinsLeft: null })
})

test('a VM name with quotes, newlines, escapes and markup becomes visible text', async () => {
  const name = `vm'"\\\n\u001b[31m<script>alert(1)</script>\u0000; DROP TABLE vm`
  await submit(nth(1, { taps: [{ ifindex: 7, vm: name }], routes: { [name]: 'absent' } }))
  const items = await listedVms(world.user, { search: '<SCRIPT>' })
  expect(items.map((vm) => vm.name)).toEqual([`vm'"\\␊␛[31m<script>alert(1)</script>␀; DROP TABLE vm`])
  expect(items[0]?.route.status).toBe('missing')
})

test('a report that PostgreSQL refuses does not affect the others of its group', async () => {
  await world.db.pool.query(`ALTER TABLE hypervisor ADD CONSTRAINT no_poison CHECK (name <> 'poison')`)
  try {
    const others = await Promise.all(['host-0002', 'host-0003'].map((hostId) => world.enrolled(hostId)))
    const poisonous = await world.enrolled('host-0004')
    const blocker = ingest.submit(actor, [nth(1)], noon)
    const results = await Promise.allSettled([
      blocker,
      ...others.map((one) => ingest.submit(one, [nth(1, { hostId: one.hostId })], noon)),
      ingest.submit(poisonous, [nth(1, { hostId: 'host-0004', name: 'poison' })], noon),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(await count('sample')).toBe(3)
    expect(world.logged).toContainEqual(expect.objectContaining({ message: expect.stringContaining('one by one') }))
    const healthy = nth(1, { hostId: 'host-0004' })
    expect(await ingest.submit(poisonous, [healthy], noon)).toEqual({ accepted: 1, duplicates: 0 })
  } finally {
    await world.db.pool.query('ALTER TABLE hypervisor DROP CONSTRAINT no_poison')
  }
})

test('a transaction with a conflict runs again and counts once', async () => {
  await world.db.pool.query(`
    CREATE SEQUENCE attempts;
    CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF nextval('attempts') < 3 THEN RAISE EXCEPTION 'lost the race' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER conflict BEFORE INSERT ON hypervisor_boot FOR EACH ROW EXECUTE FUNCTION conflict()`)
  try {
    expect(await submit(nth(1))).toEqual({ accepted: 1, duplicates: 0 })
    expect(await count('sample')).toBe(1)
  } finally {
    await world.db.pool.query(
      'DROP TRIGGER conflict ON hypervisor_boot; DROP FUNCTION conflict; DROP SEQUENCE attempts',
    )
  }
})

test('listeners hear of each stored host once, and of changed verdicts', async () => {
  const second = await world.enrolled('host-0002')
  const client = await world.db.pool.connect()
  const heard: (string | undefined)[] = []
  client.on('notification', ({ payload }) => heard.push(payload))
  await client.query('LISTEN slashzero_change')
  await submit(nth(1), nth(2), nth(3))
  await ingest.submit(second, [nth(1, { hostId: 'host-0002' })], noon)
  await submit(nth(3))
  await submit(nth(4))
  await client.query('SELECT 1')
  client.release(true)
  expect(heard).toEqual([`${actor.hypervisorId}!`, `${second.hypervisorId}!`, actor.hypervisorId])
})

test('stopping stores current reports and refuses later reports', async () => {
  const underWay = [submit(nth(1)), submit(nth(2))]
  const stopped = ingest.stop()
  await expect(submit(nth(3))).rejects.toMatchObject({ code: 'unavailable' })
  await stopped
  expect(await Promise.all(underWay)).toHaveLength(2)
  expect(await count('sample')).toBe(2)
})

test('a host that names ever other VMs fills no history, and its state is kept', async () => {
  for (let sequence = 1; sequence <= 4; sequence += 1) {
    const names = Array.from({ length: 7000 }, (_, vm) => [`vm-${sequence}-${vm}`, 'absent'] as const)
    await submit(nth(sequence, { routes: Object.fromEntries(names) }))
  }
  expect(await count("transition WHERE subject <> 'hypervisor'")).toBeLessThanOrEqual(20_000)
  expect(await count("transition WHERE subject = 'hypervisor'")).toBeGreaterThan(0)
  expect(await count("vm WHERE name LIKE 'vm-4-%'")).toBe(7000)
  expect(world.logged.filter(({ message }) => message.includes('too much history'))).toHaveLength(1)
})
