import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readFleet } from '../fleet/read.ts'
import { makeReport } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { createIngest, type Ingest } from './ingest.ts'

let world: World
let ingest: Ingest
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.pool.query('TRUNCATE hypervisor CASCADE')
  world.clock.now = noon
  ingest = createIngest(world.system)
})

test('a report is stored and the fleet shows it', async () => {
  const actor = await world.enrolled('host-0001')
  const report = makeReport({ sequence: 1, observedAt: noon, taps: [{ ifindex: 7 }], routes: { 'vm-7': 'absent' } })
  expect(await ingest.submit(actor, [report], noon)).toEqual({ accepted: 1, duplicates: 0 })
  const fleet = await readFleet(world.user)
  expect(fleet).toMatchObject({ totals: {}, hypervisors: [{}] })
  console.log(JSON.stringify(fleet, null, 1))
})
