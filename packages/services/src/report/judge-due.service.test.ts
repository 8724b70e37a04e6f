import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { listedHypervisors, listedVms } from '../testing/pages.ts'
import { makeReport } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { createIngest } from './ingest.ts'
import { judgeDue } from './judge-due.ts'
import { createHistoryLimit } from './limit-history.ts'

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

function report(sequence: number, observedAt: number) {
  return makeReport({ sequence, observedAt, taps: [{ ifindex: 7 }], routes: { 'vm-7': 'present' } })
}

test('a hypervisor without reports becomes silent once, until its next report', async () => {
  const ingest = createIngest(world.system)
  await ingest.submit(actor, [report(1, noon)], noon)
  expect(await judgeDue(world.system)).toBe(0)
  world.clock.now = noon + 10 * 60_000
  expect(await judgeDue(world.system)).toBe(1)
  expect(await listedHypervisors(world.user)).toMatchObject([{ status: 'silent' }])
  expect(await judgeDue(world.system)).toBe(0)
  expect(await transitions()).toEqual(['healthy', 'silent'])

  await ingest.submit(actor, [report(2, world.clock.now)], world.clock.now)
  expect(await listedHypervisors(world.user)).toMatchObject([{ status: 'healthy' }])
  expect(await transitions()).toEqual(['healthy', 'silent', 'healthy'])
})

async function transitions(): Promise<unknown[]> {
  const { rows } = await world.db.pool.query(`SELECT "to" FROM transition WHERE subject = 'hypervisor' ORDER BY at, id`)
  return rows.map((row) => row.to)
}

test('a route not seen for long is unknown with a reason, not ok', async () => {
  await createIngest(world.system).submit(actor, [report(1, noon)], noon)
  expect(await listedVms(world.user)).toMatchObject([{ route: { status: 'ok' } }])
  world.clock.now = noon + 3 * 3_600_000
  await judgeDue(world.system)
  const [vm] = await listedVms(world.user)
  expect(vm?.route.status).not.toBe('ok')
  expect(vm?.route.reason).not.toBeNull()
})

test('all due hypervisors are judged, also more than one transaction takes', async () => {
  const ingest = createIngest(world.system)
  const actors = await Promise.all(Array.from({ length: 120 }, (_, index) => world.enrolled(`host-${2000 + index}`)))
  await Promise.all(
    actors.map((one) => ingest.submit(one, [makeReport({ sequence: 1, observedAt: noon, hostId: one.hostId })], noon)),
  )
  world.clock.now = noon + 10 * 60_000
  expect(await judgeDue(world.system)).toBe(120)
})

test('routes that expire beyond the bound on history make no rows, and their verdicts are kept', async () => {
  await createIngest(world.system).submit(actor, [report(1, noon)], noon)
  const history = createHistoryLimit(world.system)
  const row = { at: noon, subject: 'vm', key: 'v', from: null, to: 'ok', reason: null } as const
  world.clock.now = noon + 3 * 3_600_000
  history.add({ id: actor.hypervisorId, samples: [], transitions: Array.from({ length: 20_000 }, () => row) })
  await judgeDue(world.system, history)
  expect(await transitions()).toEqual(['healthy', 'silent'])
  const { rows } = await world.db.pool.query(`SELECT "to" FROM transition WHERE subject = 'vm'`)
  expect(rows).toEqual([{ to: 'ok' }])
  expect((await listedVms(world.user))[0]?.route.status).not.toBe('ok')
})

test('only the server itself judges', async () => {
  await expect(judgeDue(world.user)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(judgeDue(world.anonymous)).rejects.toMatchObject({ code: 'unauthenticated' })
})
