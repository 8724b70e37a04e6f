import {
  headroomFigures,
  hypervisorDetailResource,
  hypervisorResource,
  vmDetailResource,
  vmResource,
} from '@slashzero/contract/rest'
import { fleetPageQuery, vmDetail, vmPageQuery, type VmPageQuery } from '@slashzero/contract/page'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { demoStatus } from '../demo/status.ts'
import { removeDemo } from '../demo/remove.ts'
import { createEnrolmentToken } from '../enrolment/create-token.ts'
import { enrol } from '../enrolment/enrol.ts'
import { getHypervisor } from '../rest/get-hypervisor.ts'
import { listHypervisors } from '../rest/list-hypervisors.ts'
import { readHeadroom } from './read-headroom.ts'
import { removeHypervisor } from '../hypervisor/remove.ts'
import { createIngest } from '../report/ingest.ts'
import { listedHypervisors, listedVms, wholeHypervisor } from '../testing/pages.ts'
import { makeReport, type ReportInput } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { exportVms } from './export-vms.ts'
import { getVm } from '../rest/get-vm.ts'
import { listArrivals } from './list-arrivals.ts'
import { countFleet, listFleet } from './list-fleet.ts'
import { pageVms, tallyVms } from './page-vms.ts'
import { readChanged } from './read-changed.ts'
import { listSenders, listTaps, readHead } from './read-panels.ts'
import { readSkyline } from './read-skyline.ts'
import { readSummary, readTotals } from './read-summary.ts'
import { readVm } from './read-vm.ts'
import { listVmResources } from '../rest/list-vm-resources.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const vms = (query: Partial<VmPageQuery> = {}) => listedVms(world.user, query)
const fleetRows = () => listedHypervisors(world.user)

async function report(actor: CollectorActor, name: string, more: Partial<ReportInput>, sequence = 1) {
  const input = { sequence, observedAt: noon, hostId: actor.hostId, name, ...more }
  await createIngest(world.system).submit(actor, [makeReport(input)], noon)
}

/** Three hypervisors: one full with two VMs missing their route, one leaking, one that has only enrolled. */
async function fill() {
  const [full, leaking, fresh] = [
    await world.enrolled('host-full'),
    await world.enrolled('host-leak'),
    await world.enrolled('host-new0', 'hv-new'),
  ]
  const stale = Array.from({ length: 365 }, (_, index) => 1000 + index)
  await report(full, 'hv-full', {
    optmemBytes: 20_440,
    stale,
    taps: [{ ifindex: 7 }, { ifindex: 8 }, { ifindex: 9, vm: null }],
    routes: { 'vm-7': 'absent', 'vm-8': 'absent' },
    runs: [{ probe: 'guest-routes', outcome: 'failed', milliseconds: 2000, error: 'timed out' }],
  })
  await report(leaking, 'hv-leak', {
    optmemBytes: 1120,
    stale: [3, 4, 5],
    taps: [{ ifindex: 7 }],
    routes: { 'vm-7': 'present' },
  })
  return { full, leaking, fresh }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

test('every read of an empty fleet is empty, not an error', async () => {
  expect(await fleetRows()).toEqual([])
  expect(await listHypervisors(world.user, { limit: 10 })).toEqual({ items: [], nextCursor: null })
  expect(await listVmResources(world.user, { limit: 10 })).toEqual({ items: [], nextCursor: null })
  expect(await vms()).toEqual([])
  expect(await collect(exportVms(world.user, {}))).toEqual([])
  expect(await demoStatus(world.user)).toEqual({ hypervisors: 0, isSilent: false })
})

test.for([
  { name: 'readHeadroom', read: (context: ServiceContext) => readHeadroom(context, { id: 'hv_none', range: '1h' }) },
  { name: 'getHypervisor', read: (context: ServiceContext) => getHypervisor(context, { id: 'hv_none' }) },
  { name: 'getVm', read: (context: ServiceContext) => getVm(context, { id: 'vm_none' }) },
  { name: 'removeHypervisor', read: (context: ServiceContext) => removeHypervisor(context, { id: 'hv_none' }) },
])('$name answers not-found for an unknown id', async ({ read }) => {
  await expect(read(world.user)).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/(hv|vm)_none/),
  })
})

test('one hypervisor on its page and in the API', async () => {
  const { full } = await fill()
  const id = full.hypervisorId
  const { vmRows, now: _now, fullAt: _full, ...detail } = await wholeHypervisor(world.user, id)
  expect(detail.runs).toEqual([{ probe: 'guest-routes', outcome: 'failed', milliseconds: 2000, error: 'timed out' }])
  expect(detail.taps.map((tap) => [tap.name, tap.vm?.name ?? null])).toEqual([
    ['tap7', 'vm-7'],
    ['tap8', 'vm-8'],
    ['tap9', null],
  ])
  expect(detail.senders[0]?.staleInterfaceIndexes).toHaveLength(365)
  expect(detail).toMatchObject({
    observedAt: new Date(noon).toISOString(),
    probes: ['guest-routes'],
    senders: [{ configuration: { path: '/etc/radvd.conf', interfaces: 0 } }],
  })
  const resource = hypervisorDetailResource.parse(await getHypervisor(world.user, { id: full.hypervisorId }))
  const senders = detail.senders.map(({ key: _key, ...sender }) => sender)
  expect({ ...detail, senders }).toMatchObject({ ...resource, ...headroomFigures.parse(detail) })
  expect(resource.senders).toMatchObject([{ sendsBlocked: true, membershipBytes: 56, liveMemberships: 0 }])
  const { items } = await listVmResources(world.user, { limit: 10, hypervisor: full.hypervisorId })
  expect(items.map((vm) => vmResource.parse(vm))).toEqual(
    expect.arrayContaining(vmRows.map((vm) => vmResource.parse(vm))),
  )
})

test('the pages of the API name everything once', async () => {
  await fill()
  const first = await listHypervisors(world.user, { limit: 2 })
  expect(first.items).toHaveLength(2)
  const second = await listHypervisors(world.user, { limit: 2, cursor: first.nextCursor ?? '' })
  expect(second.nextCursor).toBeNull()
  const ids = [...first.items, ...second.items].map((item) => hypervisorResource.parse(item).id)
  expect(new Set(ids).size).toBe(3)

  const missing = await listVmResources(world.user, { limit: 1, route: 'missing' })
  const rest = await listVmResources(world.user, { limit: 1, route: 'missing', cursor: missing.nextCursor ?? '' })
  const names = [...missing.items, ...rest.items].map((item) => vmResource.parse(item).name)
  expect(names.toSorted((one, other) => one.localeCompare(other))).toEqual(['vm-7', 'vm-8'])
  expect(rest.nextCursor).toBeNull()
  await expect(listHypervisors(world.user, { limit: 1, cursor: "'; --" })).rejects.toMatchObject({ code: 'invalid' })
})

test('a VM has its latest checks', async () => {
  const { full } = await fill()
  const [vm] = await vms({ route: 'missing', sort: 'name' })
  expect(vmResource.parse(await getVm(world.user, { id: vm?.id ?? '' }))).toMatchObject({
    name: 'vm-7',
    hypervisor: { id: full.hypervisorId, name: 'hv-full' },
    tap: { name: 'tap7', ifindex: 7 },
    route: {
      status: 'missing',
      method: 'guest-agent',
      checkedAt: new Date(noon).toISOString(),
      checks: [
        {
          method: 'guest-agent',
          checkedAt: new Date(noon).toISOString(),
          defaultRoute: 'absent',
          reason: null,
          gateway: null,
          expiresAt: null,
        },
      ],
    },
  })
})

test('the page of a VM has its taps', async () => {
  await fill()
  const [vm] = await vms({ search: 'tap8' })
  const detail = vmDetail.parse(await readVm(world.user, { id: vm?.id ?? '' }))
  expect(detail).toMatchObject({
    vm: { name: 'vm-8' },
    taps: [{ name: 'tap8', status: 'sends-blocked', vm: { name: 'vm-8' } }],
    probes: ['guest-routes'],
  })
  const resource = vmDetailResource.parse(await getVm(world.user, { id: vm?.id ?? '' }))
  expect(resource).toEqual({ ...detail.vm, taps: detail.taps })
  expect(resource).toMatchObject({
    cause: expect.stringContaining("The sender's socket is full by a leak"),
    tap: { status: 'sends-blocked', statusReason: expect.any(String) },
    countdown: null,
  })
})

test('an export has every VM of the filter once', async () => {
  const actor = await world.enrolled('host-many')
  const taps = Array.from({ length: 1200 }, (_, index) => ({
    ifindex: 10 + index,
    vm: `vm-${String(index).padStart(4, '0')}`,
  }))
  await report(actor, 'hv-many', { taps })
  const exported = await collect(exportVms(world.user, {}))
  const names = exported.map((vm) => vmResource.parse(vm).name)
  expect(names.toSorted((one, other) => one.localeCompare(other))).toEqual(taps.map((tap) => tap.vm))
})

test('a removed hypervisor leaves nothing behind', async () => {
  const { full } = await fill()
  await removeHypervisor(world.user, { id: full.hypervisorId })
  const tables = [
    'sender_socket',
    'tap',
    'vm',
    'hypervisor_pulse',
    'hypervisor_boot',
    'collector_credential',
    'sample',
    'sample_5m',
    'sample_1h',
    'transition',
  ]
  for (const table of tables) {
    const { rows } = await world.db.pool.query(`SELECT FROM ${table} WHERE hypervisor_id = $1`, [full.hypervisorId])
    expect([table, rows.length]).toEqual([table, 0])
  }
  expect(await fleetRows()).toHaveLength(2)
})

test('demo hypervisors are marked and removed together', async () => {
  const real = await world.enrolled('host-real')
  const { token } = await createEnrolmentToken(world.user, { name: 'demo', uses: 2, demo: true, expiresInHours: 1 })
  for (const hostId of ['demo-0001', 'demo-0002']) {
    const { hypervisorId } = await enrol(world.anonymous, { token, host: { id: hostId, name: hostId } })
    await report({ kind: 'collector', hypervisorId, hostId }, hostId, { taps: [{ ifindex: 7 }] })
  }
  expect(await demoStatus(world.user)).toEqual({ hypervisors: 2, isSilent: false })
  expect((await fleetRows()).filter(({ demo }) => demo)).toHaveLength(2)
  expect((await vms()).map((vm) => vm.demo)).toEqual([true, true])
  expect(await removeDemo(world.user)).toEqual({ hypervisors: 2 })
  expect((await fleetRows()).map((row) => row.id)).toEqual([real.hypervisorId])
  expect(await removeDemo(world.user)).toEqual({ hypervisors: 0 })
})

test('reading needs a session or a token with the scope', async () => {
  const token = (scopes: ['read'] | []) => world.as({ kind: 'api-token', tokenId: 'token_x', scopes })
  const collector = world.as({ kind: 'collector', hypervisorId: 'hv_x', hostId: 'host-x' })
  const reads: ((context: ServiceContext) => Promise<unknown>)[] = [
    readSummary,
    readTotals,
    readSkyline,
    (context) => listFleet(context, fleetPageQuery.parse({})),
    (context) => countFleet(context, {}),
    (context) => readHead(context, { id: 'x' }),
    (context) => listSenders(context, { id: 'x', limit: 1 }),
    (context) => listTaps(context, { id: 'x', limit: 1 }),
    (context) => listArrivals(context, { since: new Date(noon).toISOString() }),
    (context) => readChanged(context, ['x']),
    (context) => readHeadroom(context, { id: 'x', range: '1h' }),
    (context) => listHypervisors(context, { limit: 1 }),
    (context) => getHypervisor(context, { id: 'x' }),
    (context) => pageVms(context, vmPageQuery.parse({})),
    (context) => tallyVms(context, {}),
    (context) => collect(exportVms(context, {})),
    (context) => listVmResources(context, { limit: 1 }),
    (context) => getVm(context, { id: 'x' }),
    demoStatus,
  ]
  for (const read of reads) {
    await expect(read(world.anonymous)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(read(token([]))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(read(collector)).rejects.toMatchObject({ code: 'forbidden' })
  }
  expect(await readTotals(token(['read']))).toMatchObject({ hypervisors: 0 })
  await expect(removeHypervisor(token(['read']), { id: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(removeDemo(token(['read']))).rejects.toMatchObject({ code: 'forbidden' })
})

test('seen advertisements predict when the VMs of a blocked hypervisor go dark', async () => {
  const [full, fine] = [await world.enrolled('host-full'), await world.enrolled('host-fine')]
  const stale = Array.from({ length: 365 }, (_, index) => 1000 + index)
  const advertised = (secondsAgo: number) => ({ secondsAgo, lifetime: 1800 })
  const taps = [
    { ifindex: 7, advertised: advertised(900) },
    { ifindex: 8, advertised: advertised(1200) },
    { ifindex: 9, advertised: advertised(1500) },
    { ifindex: 10, adverts: 0 },
  ]
  await report(full, 'hv-full', { optmemBytes: 20_440, stale, taps, routes: { 'vm-9': 'absent' } })
  await report(fine, 'hv-fine', { taps: [{ ifindex: 11, advertised: advertised(1000) }] })
  const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString()
  const goesDark = { firstAt: at(600), lastAt: at(900), vms: 2 }
  expect((await fleetRows()).map((row) => [row.name, row.goesDark])).toEqual([
    ['hv-full', goesDark],
    ['hv-fine', null],
  ])
  expect((await readHead(world.user, { id: full.hypervisorId })).goesDark).toEqual(goesDark)
  expect((await readSummary(world.user)).goesDark).toEqual(goesDark)
  const { items: heard } = await listTaps(world.user, { id: full.hypervisorId, limit: 10 })
  expect(heard.find(({ name }) => name === 'tap7')?.advertisements).toEqual([
    expect.objectContaining({
      source: 'fe80::1',
      direction: 'sent',
      seenAt: at(-900),
      routerLifetimeSeconds: 1800,
      sincePreviousSeconds: 198.5,
    }),
  ])
  expect(heard.find(({ name }) => name === 'tap10')?.advertisements).toBeNull()
  const byName = (await vms({ sort: 'name' })).map(({ name, countdown }) => [name, countdown])
  expect(Object.fromEntries(byName)).toEqual({
    'vm-8': { endsAt: at(600), basis: 'seen', renewable: false },
    'vm-11': { endsAt: at(800), basis: 'seen', renewable: true },
    'vm-7': { endsAt: at(900), basis: 'seen', renewable: false },
    'vm-10': null,
    'vm-9': null,
  })
  expect((await vms({ goesDark: true, sort: 'ends' })).map(({ name }) => name)).toEqual(['vm-8', 'vm-7'])
  const here = { hypervisor: full.hypervisorId, sort: 'status' as const }
  expect((await vms(here)).map(({ name }) => name)).toEqual(['vm-9', 'vm-8', 'vm-7', 'vm-10'])
  expect(await tallyVms(world.user, {})).toMatchObject({ route: { missing: 1 }, goesDark: 2 })

  await report(full, 'hv-full', { optmemBytes: 560, taps: [{ ifindex: 7, advertised: advertised(0) }] }, 2)
  expect((await fleetRows()).map((row) => row.goesDark)).toEqual([null, null])
  const [renewed] = await vms({ search: 'vm-7' })
  expect(renewed?.countdown).toEqual({ endsAt: at(1800), basis: 'seen', renewable: true })
})
