import {
  fleetPage,
  fleetPageQuery,
  fleetSkyline,
  fleetSummary,
  hypervisorHead,
  sendersPage,
  tapsPage,
  vmPage,
  vmPageQuery,
  vmTally,
  type FleetPageQuery,
  type VmPageQuery,
} from '@slashzero/contract/page'
import { hypervisorStatus } from '@slashzero/contract/rest'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEnrolmentToken } from '../enrolment/create-token.ts'
import { enrol } from '../enrolment/enrol.ts'
import { removeHypervisor } from '../hypervisor/remove.ts'
import { createIngest } from '../report/ingest.ts'
import { makeReport, type ReportInput } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { listArrivals } from './list-arrivals.ts'
import { countFleet, listFleet } from './list-fleet.ts'
import { pageVms, tallyVms } from './page-vms.ts'
import { listSenders, listTaps, readHead } from './read-panels.ts'
import { readSkyline } from './read-skyline.ts'
import { readSummary } from './read-summary.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

async function report(name: string, more: Partial<ReportInput>, hostId = `host-${name}`) {
  const actor = await world.enrolled(hostId, name)
  const input = { sequence: 1, observedAt: noon, hostId, name, ...more }
  await createIngest(world.system).submit(actor, [makeReport(input)], noon)
  return actor.hypervisorId
}

const stale = Array.from({ length: 365 }, (_, index) => 1000 + index)

/** A full hypervisor with two VMs without a route and one tap without a VM, one that leaks, one that only enrolled. */
async function fill() {
  const full = await report('hv-full', {
    optmemBytes: 20_440,
    stale,
    taps: [{ ifindex: 7 }, { ifindex: 8 }, { ifindex: 9, vm: null }],
    routes: { 'vm-7': 'absent', 'vm-8': 'absent' },
  })
  const leaking = await report('hv-leak', {
    optmemBytes: 1120,
    stale: [3, 4, 5],
    taps: [{ ifindex: 7 }],
    routes: { 'vm-7': 'present' },
  })
  await world.enrolled('host-new0', 'hv-new')
  return { full, leaking }
}

const fleetList = (query: Partial<FleetPageQuery> = {}) => listFleet(world.user, fleetPageQuery.parse(query))
const vmsList = (query: Partial<VmPageQuery> = {}) => pageVms(world.user, vmPageQuery.parse(query))

/** Every item of a list, read page by page. */
async function walk<Item>(read: (cursor?: string) => Promise<{ items: Item[]; nextCursor: string | null }>) {
  const all: Item[] = []
  let page = await read()
  for (;;) {
    all.push(...page.items)
    if (page.nextCursor === null) return all
    page = await read(page.nextCursor)
  }
}

function decode(cursor: string): unknown[] {
  const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  return Array.isArray(parts) ? parts : []
}

test('the summary says the fleet in constant size', async () => {
  expect(fleetSummary.parse(await readSummary(world.user))).toMatchObject({
    totals: { hypervisors: 0, vms: 0 },
    worst: null,
    next: null,
    goesDark: null,
    watchesNothing: true,
  })
  const { full } = await fill()
  expect(fleetSummary.parse(await readSummary(world.user))).toMatchObject({
    totals: {
      hypervisors: 3,
      statuses: { 'sends-blocked': 1, leaking: 1, silent: 1, healthy: 0 },
      vms: 3,
      vmsMissing: 2,
      vmsUnknown: 0,
      hypervisorsWithMissing: 1,
    },
    worst: { id: full, joinsLeft: 0, vms: { total: 2, missing: 2, unknown: 0 } },
    watchesNothing: false,
  })
})

test('the fleet is listed worst first, filtered, searched and counted', async () => {
  await fill()
  const names = async (query: Partial<FleetPageQuery>) => (await fleetList(query)).items.map(({ name }) => name)
  const page = fleetPage.parse(await fleetList())
  expect(page.items.map(({ name, optmemBytes, staleMemberships }) => [name, optmemBytes, staleMemberships])).toEqual([
    ['hv-full', 20_440, 365],
    ['hv-new', null, null],
    ['hv-leak', 1120, 3],
  ])
  expect(await names({ sort: 'name' })).toEqual(['hv-full', 'hv-leak', 'hv-new'])
  expect(await names({ status: 'leaking' })).toEqual(['hv-leak'])
  expect(await names({ search: 'HV-LE' })).toEqual(['hv-leak'])
  expect(await names({ search: 'site=par1' })).toEqual(['hv-full', 'hv-leak'])
  expect(await names({ search: 'radvd 2.19' })).toEqual(['hv-full', 'hv-leak'])
  expect(await names({ search: '6.1.0-18' })).toEqual(['hv-full', 'hv-leak'])
  expect(await names({ search: '%' })).toEqual([])
  expect((await countFleet(world.user, { search: 'site=par1' })).statuses).toMatchObject({ leaking: 1, silent: 0 })
})

test('pages in every order together name each hypervisor once, in the order of one page', async () => {
  for (const [index, status] of hypervisorStatus.options.entries()) {
    const id = (await world.enrolled(`host-${index}aaaa`, `hv-${index % 3}`)).hypervisorId
    await world.db.pool.query(
      `UPDATE hypervisor SET status = $2, vms_missing = $3, full_at = $4, joins_left = $5 WHERE id = $1`,
      [id, status, index % 2, index % 3 === 0 ? null : new Date(noon + index), index % 4 === 0 ? null : index],
    )
  }
  for (const sort of ['worst', 'name', 'full'] as const) {
    const whole = (await fleetList({ sort })).items.map(({ id }) => id)
    const walked = await walk((cursor) => fleetList({ sort, limit: 2, ...(cursor && { cursor }) }))
    expect([sort, walked.map(({ id }) => id)]).toEqual([sort, whole])
    expect(new Set(whole).size).toBe(hypervisorStatus.options.length)
  }
  const worst = (await fleetList()).items.map(({ status, vms }) => `${status} ${vms.missing}`)
  expect(worst).toEqual([
    'sends-blocked 1',
    'no-sender 0',
    'joins-blocked 1',
    'at-risk 1',
    'not-measurable 1',
    'silent 0',
    'leaking 0',
    'healthy 0',
  ])
})

test('a cursor of another sort or filter is refused, and one that nobody wrote', async () => {
  await fill()
  const { nextCursor } = await fleetList({ limit: 1 })
  const cursor = nextCursor ?? ''
  const other = { code: 'invalid', message: expect.stringContaining('another filter or sort') }
  await expect(fleetList({ cursor, sort: 'name' })).rejects.toMatchObject(other)
  await expect(fleetList({ cursor, status: 'leaking' })).rejects.toMatchObject(other)
  await expect(vmsList({ cursor })).rejects.toMatchObject(other)
  const [of, ...keys] = decode(cursor)
  const forged = [
    [of],
    [of, ...keys.slice(1), 'x'],
    [of, 'x', ...keys.slice(1)],
    [of, '9'.repeat(40), ...keys.slice(1)],
  ]
  for (const parts of forged) {
    const text = Buffer.from(JSON.stringify(parts)).toString('base64url')
    await expect(fleetList({ cursor: text })).rejects.toMatchObject({ code: 'invalid' })
  }
  await expect(fleetList({ cursor: "'; --" })).rejects.toMatchObject({ code: 'invalid' })
})

test('a page beyond the end is empty while rows come and go', async () => {
  const { leaking } = await fill()
  const { nextCursor } = await fleetList({ limit: 2 })
  const cursor = nextCursor ?? ''
  await removeHypervisor(world.user, { id: leaking })
  expect(await fleetList({ limit: 2, cursor })).toMatchObject({ items: [], nextCursor: null })
})

test('VMs are paged in every sort and filter, and each appears once', async () => {
  const { full } = await fill()
  const sorts: Partial<VmPageQuery>[] = [
    { sort: 'since' },
    { sort: 'name', descending: true },
    { sort: 'status' },
    { sort: 'status', descending: true },
    { sort: 'hypervisor' },
    { sort: 'status', hypervisor: full },
    { sort: 'ends', goesDark: true },
    { route: 'missing', sort: 'name' },
    { search: 'vm-7' },
  ]
  for (const query of sorts) {
    const whole = vmPage.parse(await vmsList(query)).items.map(({ id }) => id)
    const walked = await walk((cursor) => vmsList({ ...query, limit: 1, ...(cursor && { cursor }) }))
    expect([query, walked.map(({ id }) => id)]).toEqual([query, whole])
  }
  const names = async (query: Partial<VmPageQuery>) =>
    (await vmsList(query)).items.map((vm) => `${vm.hypervisor.name}/${vm.name}`)
  expect(await names({ sort: 'status' })).toEqual(['hv-full/vm-7', 'hv-full/vm-8', 'hv-leak/vm-7'])
  expect(await names({ sort: 'hypervisor', descending: true, limit: 1 })).toEqual(['hv-leak/vm-7'])
  expect(await names({ search: 'TAP8' })).toEqual(['hv-full/vm-8'])
  expect(await names({ search: 'hv-leak' })).toEqual(['hv-leak/vm-7'])
  expect(await names({ search: 'site=par1', route: 'missing' })).toEqual(['hv-full/vm-7', 'hv-full/vm-8'])
  expect(await names({ search: 'a%b_c' })).toEqual([])
})

test('a search finds VMs by uuid, gateway, and the names of its hypervisor', async () => {
  await fill()
  const found = async (search: string) => (await vmsList({ search })).items.length
  expect(await found('fe80::1')).toBe(1)
  expect(await found('radvd 2.19')).toBe(3)
  expect(await found('collector=0.1.0')).toBe(3)
  const { rows } = await world.db.pool.query('SELECT search FROM vm WHERE name = $1', ['vm-8'])
  expect(rows).toEqual([{ search: 'vm-8\ntap8' }])
})

test('a search finds a VM by the name that its tap has now', async () => {
  const actor = await world.enrolled('host-name')
  const ingest = createIngest(world.system)
  for (const sequence of [1, 2]) {
    const input = { sequence, observedAt: noon + sequence, hostId: 'host-name', name: 'hv-1', taps: [{ ifindex: 7 }] }
    const one = makeReport(input)
    for (const tap of one.namespaces[0]?.taps ?? []) tap.name = `port-${sequence}`
    await ingest.submit(actor, [one], noon)
  }
  expect((await vmsList({ search: 'port-2' })).items).toHaveLength(1)
  expect((await vmsList({ search: 'port-1' })).items).toHaveLength(0)
})

test.for([
  { name: '10,000 characters', search: 'a'.repeat(10_000), says: 'is longer than 200 characters' },
  { name: 'two characters', search: 'ab', says: 'fewer than 3 characters' },
  { name: 'signs alone', search: '%%%', says: 'too few letters and digits' },
])('a search of $name is refused in words', ({ search, says }) => {
  expect(vmPageQuery.safeParse({ search }).error?.issues[0]?.message).toContain(says)
})

test('counts of VMs come from counters, and of a search from the VMs', async () => {
  const { full } = await fill()
  expect(vmTally.parse(await tallyVms(world.user, {}))).toMatchObject({
    route: { missing: 2, expiring: 0, unknown: 0, ok: 1 },
    goesDark: 0,
    hypervisorsWithMissing: 1,
    max: null,
  })
  expect(await tallyVms(world.user, { hypervisor: full })).toMatchObject({ route: { missing: 2, ok: 0 } })
  expect(await tallyVms(world.user, { search: 'vm-7' })).toMatchObject({
    route: { missing: 1, ok: 1 },
    hypervisorsWithMissing: 1,
    max: null,
  })
})

test('the panels of a hypervisor are paged', async () => {
  const { full } = await fill()
  expect(hypervisorHead.parse(await readHead(world.user, { id: full }))).toMatchObject({
    name: 'hv-full',
    optmemBytes: 20_440,
    vms: { total: 2, missing: 2 },
  })
  const senders = sendersPage.parse(await listSenders(world.user, { id: full, limit: 1 }))
  expect(senders).toMatchObject({ total: 1, items: [{ daemon: 'radvd', sendsBlocked: true }], nextCursor: null })
  const taps = tapsPage.parse(await listTaps(world.user, { id: full, limit: 2 }))
  const statuses = { 'sends-blocked': 3, served: 0 }
  expect(taps).toMatchObject({ statuses, items: [{ name: 'tap7' }, { name: 'tap8' }] })
  const rest = await listTaps(world.user, { id: full, limit: 2, cursor: taps.nextCursor ?? '' })
  expect(rest).toMatchObject({ items: [{ name: 'tap9', vm: null }], nextCursor: null })
  for (const read of [readHead, listSenders, listTaps]) {
    await expect(read(world.user, { id: 'hv_none', limit: 1 })).rejects.toMatchObject({ code: 'not-found' })
  }
})

test('the skyline has a bounded number of columns, fullest first', async () => {
  await fill()
  expect(fleetSkyline.parse(await readSkyline(world.user))).toMatchObject({
    hypervisors: 3,
    each: 1,
    columns: [{ name: 'hv-full' }, { name: 'hv-leak' }, { name: 'hv-new', optmemBytes: null }],
  })
  await world.db.pool.query(
    `INSERT INTO hypervisor (id, host_id, name, demo, created_at, status, status_reason, status_since)
     SELECT 'hv_' || n, 'many-' || n, 'many', true, now(), 'healthy', '', now() FROM generate_series(1, 1300) n`,
  )
  const skyline = await readSkyline(world.user)
  expect({ ...skyline, columns: skyline.columns.length }).toMatchObject({ hypervisors: 1303, each: 3, columns: 435 })
  expect(skyline.columns[0]?.name).toBe('hv-full')
})

test('arrivals are hypervisors that enrolled since the token was made', async () => {
  await report('hv-old', {})
  world.clock.now = noon + 60_000
  const { token, createdAt } = await createEnrolmentToken(world.user, {
    name: 'new',
    uses: 1,
    demo: false,
    expiresInHours: 1,
  })
  expect(await listArrivals(world.user, { since: createdAt })).toMatchObject({ total: 0, items: [] })
  await enrol(world.anonymous, { token, host: { id: 'host-late', name: 'hv-late' } })
  expect(await listArrivals(world.user, { since: createdAt })).toMatchObject({
    total: 1,
    items: [{ name: 'hv-late', status: 'silent', lastSeenAt: null }],
  })
})
