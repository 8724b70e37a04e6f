import { report as reportSchema } from '@slashzero/contract/report'
import {
  fleetPage,
  fleetPageQuery,
  headroomSeries,
  hypervisorHead,
  sendersPage,
  tapsPage,
  vmPage,
  vmPageQuery,
} from '@slashzero/contract/page'
import { buildCheck } from '@slashzero/contract/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { listFleet } from '../page/list-fleet.ts'
import { pageVms } from '../page/page-vms.ts'
import { listSenders, listTaps, readHead } from '../page/read-panels.ts'
import { readHeadroom } from '../page/read-headroom.ts'
import { wholeHypervisor } from '../testing/pages.ts'
import { makeReport } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { runMaintenance } from '../worker/run.ts'
import { createIngest } from './ingest.ts'
import { judgeDue } from './judge-due.ts'

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

const DAY = 86_400_000
const huge = Number.MAX_SAFE_INTEGER

/** Whatever the contract lets in is stored, and every page still reads by the contract. */
async function expectToRender() {
  const id = actor.hypervisorId
  fleetPage.parse(await listFleet(world.user, fleetPageQuery.parse({})))
  hypervisorHead.parse(await readHead(world.user, { id }))
  sendersPage.parse(await listSenders(world.user, { id, limit: 100 }))
  tapsPage.parse(await listTaps(world.user, { id, limit: 100 }))
  vmPage.parse(await pageVms(world.user, vmPageQuery.parse({})))
  for (const range of ['1h', '24h', '30d'] as const) headroomSeries.parse(await readHeadroom(world.user, { id, range }))
}

type Extreme = { name: string; checkedAt: string; expiresInSeconds: number; startedAt: string; size: number }

function extreme(sequence: number, { size, startedAt, checkedAt, expiresInSeconds }: Extreme) {
  const report = makeReport({ sequence, observedAt: noon, taps: [{ ifindex: 7 }], stale: [1, 2] })
  report.membershipBytes = size === 0 ? null : 1
  for (const namespace of report.namespaces) {
    Object.assign(namespace, { id: huge, name: '\u202e"; DROP TABLE vm; --', optmemMaxBytes: size })
    for (const sender of namespace.senders) {
      Object.assign(sender, { pid: huge, startedAt })
      for (const socket of sender.sockets) Object.assign(socket, { inode: huge, optmemBytes: size })
    }
    for (const tap of namespace.taps) {
      const counters = { allRoutersUsers: huge, routerSolicitsIn: size, routerAdvertsIn: huge, routerAdvertsOut: huge }
      Object.assign(tap, {
        ifindex: 2_147_483_647,
        name: '\\xff\\xfe"\u0007<b>',
        vm: { name: '', uuid: null, pid: huge },
        ...counters,
      })
    }
  }
  const check = { vm: { name: '', uuid: null }, method: 'pushed', defaultRoute: 'present', reason: null, gateway: '' }
  return reportSchema.parse({ ...report, routeChecks: [{ ...check, checkedAt, expiresInSeconds }] })
}

test.for([
  {
    name: 'the largest figures',
    checkedAt: '9999-12-31T23:59:59.999Z',
    expiresInSeconds: 4_294_967_295,
    startedAt: '9999-12-31T23:59:59-14:00',
    size: huge,
  },
  {
    name: 'the smallest figures',
    checkedAt: '0000-01-01T00:00:00Z',
    expiresInSeconds: -2_147_483_648,
    startedAt: '0000-01-01T00:00:00+14:00',
    size: 0,
  },
])('$name of the contract are stored and shown', async (more) => {
  const ingest = createIngest(world.system)
  expect(await ingest.submit(actor, [extreme(1, more)], noon)).toEqual({ accepted: 1, duplicates: 0 })
  await expectToRender()
  expect(await createIngest(world.system).submit(actor, [extreme(2, more)], noon + 15_000)).toEqual({
    accepted: 1,
    duplicates: 0,
  })
  await expectToRender()
  expect(await ingest.submit(actor, [extreme(huge, more)], noon + 30_000)).toEqual({ accepted: 1, duplicates: 0 })
  await expectToRender()
  world.clock.now = noon + 3_600_000
  await judgeDue(world.system)
  await expectToRender()
  expect(world.logged).toEqual([])
})

test('a tap, VM or socket that is named twice counts once', async () => {
  const taps = [7, 7, 8].map((ifindex) => ({ ifindex, vm: 'twin' }))
  const report = makeReport({ sequence: 1, observedAt: noon, taps })
  report.namespaces.push(...report.namespaces)
  for (const namespace of report.namespaces) namespace.senders.push(...namespace.senders)
  expect(await createIngest(world.system).submit(actor, [report], noon)).toEqual({ accepted: 1, duplicates: 0 })
  await expectToRender()
  const detail = await wholeHypervisor(world.user, actor.hypervisorId)
  expect([detail.senders.length, detail.taps.length, detail.vmRows.length]).toEqual([1, 2, 1])
})

async function read<Row extends object>(sql: string): Promise<Row[]> {
  return (await world.db.pool.query<Row>(sql)).rows
}

test('checks of a thousand days make no partition, and delay no other host', async () => {
  const partitions = () => read('SELECT inhrelid FROM pg_inherits ORDER BY 1')
  const before = await partitions()
  const other = await world.enrolled('host-0002')
  const ingest = createIngest(world.system)
  const report = makeReport({ sequence: 1, observedAt: noon })
  report.routeChecks = Array.from({ length: 1000 }, (_, days) =>
    buildCheck(0, {
      vm: { name: `vm-${days}`, uuid: null },
      checkedAt: new Date(noon - days * DAY * 9).toISOString(),
      expiresInSeconds: 4_000_000_000,
    }),
  )
  const honest = makeReport({ sequence: 1, observedAt: noon, hostId: 'host-0002' })
  const one = { accepted: 1, duplicates: 0 }
  expect(await Promise.all([ingest.submit(actor, [report], noon), ingest.submit(other, [honest], noon)])).toEqual([
    one,
    one,
  ])
  expect(await partitions()).toEqual(before)
  const [range] = await read<{ first: number; last: number }>(
    'SELECT min(at) AS first, max(at) AS last FROM transition',
  )
  expect(range).toEqual({ first: noon - 400 * DAY, last: noon })
})

test('a route that ended while the server was off for two months is judged', async () => {
  const ingest = createIngest(world.system)
  const report = makeReport({
    sequence: 1,
    observedAt: noon,
    taps: [{ ifindex: 7, adverts: 1 }],
    routes: { 'vm-7': 'present' },
  })
  await ingest.submit(actor, [report], noon)
  world.clock.now = noon + 61 * DAY
  await runMaintenance(world.system)
  expect(await judgeDue(world.system)).toBe(1)
  const at = await read<{ at: number }>(`SELECT at FROM transition WHERE "to" = 'silent'`)
  expect(at).toEqual([{ at: noon + 45_000 }])
})
