import { buildCheck } from '@slashzero/contract/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CollectorActor } from '../context.ts'
import { removeHypervisor } from '../hypervisor/remove.ts'
import { createIngest, type Ingest } from '../report/ingest.ts'
import { judgeDue } from '../report/judge-due.ts'
import { pushRoutes } from '../report/push-routes.ts'
import { listedVms } from '../testing/pages.ts'
import { makeReport, type ReportInput } from '../testing/report.ts'
import { noon, openWorld, type World } from '../testing/world.ts'
import { readVm } from '../page/read-vm.ts'
import { authenticateGuest } from './authenticate-guest.ts'
import { createVmToken } from './create.ts'
import { listVmTokens } from './list.ts'
import { revokeVmToken } from './revoke.ts'

const present = 'default via fe80::1 dev eth0 proto ra metric 1024 expires 1790sec pref medium\n'
const linux = (routes: string) => Buffer.from(`#rule\n#route\n${routes}#exit 0\n#end\n`)

let world: World
let ingest: Ingest
let actor: CollectorActor
let sequence = 0
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.db.prisma.vmToken.deleteMany()
  ingest = createIngest(world.system)
  actor = await world.enrolled('host-0001')
})

function report(from = actor, more: Partial<ReportInput> = {}) {
  sequence += 1
  const input = {
    sequence,
    hostId: from.hostId,
    name: from.hostId,
    observedAt: world.clock.now,
    taps: [{ ifindex: 7 }, { ifindex: 8 }],
    ...more,
  }
  return ingest.submit(from, [makeReport(input)], world.clock.now)
}

async function vmNamed(name: string, hypervisor?: string) {
  const items = await listedVms(world.user, { hypervisor })
  const vm = items.find((one) => one.name === name)
  if (vm === undefined) throw new Error(`no VM ${name}`)
  return vm
}

async function push(token: string, table = linux('')) {
  const guest = await authenticateGuest(world.anonymous, { token })
  return pushRoutes(ingest, guest, { format: 'linux', table, receivedAt: world.clock.now })
}

test('a push decides the verdict on its own VM at once', async () => {
  await report()
  const { token } = await createVmToken(world.user, { vmId: (await vmNamed('vm-7')).id })
  expect(token).toMatch(/^sz_vm_[\w-]{43}$/)
  world.clock.now += 1000
  expect(await push(token, linux(present))).toBe('Taken: there is a default route by fe80::1, for 1790 s more.')
  const iso = (after: number) => new Date(noon + after).toISOString()
  expect((await vmNamed('vm-7')).route).toMatchObject({
    status: 'ok',
    method: 'pushed',
    gateway: 'fe80::1',
    checkedAt: iso(1000),
    expiresAt: iso(1_791_000),
  })
  expect((await vmNamed('vm-8')).route.method).toBe(null)
  world.clock.now += 10_000
  expect(await push(token)).toBe('Taken: there is no default route.')
  expect((await vmNamed('vm-7')).route).toMatchObject({
    status: 'missing',
    method: 'pushed',
    reason: 'The guest has no ::/0 (pushed by the guest)',
  })
  // The next report builds upon it.
  world.clock.now += 4000
  await report()
  expect((await vmNamed('vm-7')).route).toMatchObject({ status: 'missing', checkedAt: iso(11_000) })
  const { rows } = await world.db.pool.query(
    `SELECT "from", "to" FROM transition WHERE subject = 'vm' AND "from" IS NOT NULL ORDER BY at`,
  )
  expect(rows).toEqual([
    { from: 'unknown', to: 'ok' },
    { from: 'ok', to: 'missing' },
  ])
})

test('a push and reports in one commit are all stored', async () => {
  await report()
  const { token } = await createVmToken(world.user, { vmId: (await vmNamed('vm-7')).id })
  const answers = await Promise.all([report(), push(token), report(), push(token, linux(present))])
  expect(answers).toMatchObject([
    { accepted: 1 },
    'Taken: there is no default route.',
    { accepted: 1 },
    expect.stringContaining('for 1790 s more'),
  ])
  expect((await vmNamed('vm-7')).route.method).toBe('pushed')
})

test('garbage makes the route unknown, names the bad line and stores no table', async () => {
  await report()
  const { token } = await createVmToken(world.user, { vmId: (await vmNamed('vm-7')).id })
  const line = 'fd00:5ec::7 via fe80::1 dev secret0 proto ra metric 1024 pref medium'
  await push(token, linux(`${present}${line}\n`))
  const { rows } = await world.db.pool.query<{ row: string }>('SELECT vm::text AS row FROM vm')
  expect(rows.map(({ row }) => row).join()).not.toMatch(/secret0|5ec/)
  world.clock.now += 10_000
  // The failed check does not replace the route of vm-7, whose end is known.
  const other = await createVmToken(world.user, { vmId: (await vmNamed('vm-8')).id })
  const garbage = Buffer.from([0xff, 0, 0x1b, 0x5b, 0x33])
  expect(await push(token, garbage)).toMatch(/^Taken, but it does not tell/)
  expect((await vmNamed('vm-7')).route.status).toBe('ok')
  await push(other.token, garbage)
  expect((await vmNamed('vm-8')).route).toMatchObject({
    status: 'unknown',
    reason: expect.stringContaining('line 1 is before the first heading'),
  })
  await expect(
    pushRoutes(ingest, await authenticateGuest(world.anonymous, { token }), {
      format: 'x',
      table: linux(''),
      receivedAt: 0,
    }),
  ).rejects.toMatchObject({ code: 'invalid' })
})

test('a token is shown once, listed and revoked, with audit events', async () => {
  await report()
  const { id: vmId } = await vmNamed('vm-7')
  const { id, token } = await createVmToken(world.user, { vmId })
  const at = new Date(noon).toISOString()
  await push(token)
  expect(await listVmTokens(world.user, { vmId })).toEqual([{ id, createdAt: at, lastUsedAt: at, revokedAt: null }])
  expect(await listVmTokens(world.user, { vmId: (await vmNamed('vm-8')).id })).toEqual([])
  await revokeVmToken(world.user, { id })
  await revokeVmToken(world.user, { id })
  await expect(push(token)).rejects.toMatchObject({ code: 'unauthenticated' })
  const { rows } = await world.db.pool.query<{ row: string }>('SELECT t::text AS row FROM vm_token t')
  expect(rows.map(({ row }) => row).join()).not.toContain(token)
  const events = await world.db.prisma.auditEvent.findMany({ where: { subject: id }, orderBy: { id: 'asc' } })
  expect(events.map(({ action, actorId, detail }) => [action, actorId, detail])).toEqual([
    ['vm-token.create', 'user_test', { vm: vmId, name: 'vm-7' }],
    ['vm-token.revoke', 'user_test', {}],
  ])
  await expect(authenticateGuest(world.anonymous, { token: 'sz_vm_x' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await expect(createVmToken(world.user, { vmId: 'vm_x' })).rejects.toMatchObject({ code: 'not-found' })
  await expect(
    createVmToken(world.as({ kind: 'api-token', tokenId: 'x', scopes: ['read'] }), { vmId }),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

test('a guest may only push', async () => {
  await report()
  const { token } = await createVmToken(world.user, { vmId: (await vmNamed('vm-7')).id })
  const guest = world.as(await authenticateGuest(world.anonymous, { token }))
  await expect(vmList(guest)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(createVmToken(guest, { vmId: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
})

const vmList = (context: typeof world.user) => listedVms(context)

test('a push is refused if no hypervisor reports the VM now', async () => {
  await report()
  const { token } = await createVmToken(world.user, { vmId: (await vmNamed('vm-7')).id })
  world.clock.now += 15_000
  await report(actor, { taps: [{ ifindex: 8 }] })
  await expect(push(token)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('No hypervisor reports the VM'),
  })
  await report()
  expect(await push(token)).toMatch(/^Taken/)
  // Silent, first by the clock alone and then by a verdict.
  world.clock.now += 60_000
  await expect(push(token)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('has not reported since'),
  })
  await judgeDue(world.system)
  await expect(push(token)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('No hypervisor reports the VM'),
  })
  await removeHypervisor(world.user, { id: actor.hypervisorId })
  await expect(push(token)).rejects.toMatchObject({ code: expect.stringMatching('conflict|unauthenticated') })
})

test('a token follows a uuid to another hypervisor, but not a name', async () => {
  const uuid = '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01'
  const other = await world.enrolled('host-0002')
  const withUuid = (from: CollectorActor, vms: object[]) => {
    sequence += 1
    const made = makeReport({
      sequence,
      hostId: from.hostId,
      name: from.hostId,
      observedAt: world.clock.now,
      taps: vms.map((_, index) => ({ ifindex: 7 + index })),
    })
    for (const [index, tap] of (made.namespaces[0]?.taps ?? []).entries())
      tap.vm = { name: 'x', uuid: null, pid: 1 + index, ...vms[index] }
    return ingest.submit(from, [made], world.clock.now)
  }
  await withUuid(actor, [{ name: 'mover', uuid }, { name: 'named' }])
  const byUuid = await createVmToken(world.user, { vmId: (await vmNamed('mover')).id })
  const byName = await createVmToken(world.user, { vmId: (await vmNamed('named')).id })
  await push(byUuid.token)
  await push(byName.token)
  // Both hypervisors have the VM for a while: the push counts where it was before.
  await withUuid(other, [{ name: 'mover', uuid }, { name: 'named' }])
  await push(byUuid.token, linux(present))
  expect((await vmNamed('mover', actor.hypervisorId)).route.status).toBe('ok')
  expect((await vmNamed('mover', other.hypervisorId)).route.method).toBe(null)
  world.clock.now += 15_000
  await withUuid(actor, [{ name: 'another' }])
  await push(byUuid.token, linux(present))
  expect((await vmNamed('mover', other.hypervisorId)).route.status).toBe('ok')
  await expect(push(byName.token)).rejects.toMatchObject({ code: 'conflict' })
  expect((await vmNamed('named', other.hypervisorId)).route.method).toBe(null)
  expect(await listVmTokens(world.user, { vmId: (await vmNamed('mover', other.hypervisorId)).id })).toHaveLength(1)
})

test('a false claim to a uuid takes no push away, and both pages name the other', async () => {
  const uuid = '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01'
  // The thief is the older hypervisor, which comes first where no push has counted yet.
  const thief = actor
  world.clock.now += 1000
  const honest = await world.enrolled('host-0000')
  const claim = (from: CollectorActor, known = true) => {
    const made = makeReport({
      sequence: (sequence += 1),
      hostId: from.hostId,
      name: from.hostId,
      observedAt: world.clock.now,
      taps: [{ ifindex: 7 }],
    })
    for (const tap of made.namespaces[0]?.taps ?? []) tap.vm = known ? { name: 'prize', uuid, pid: 1 } : null
    const pushed = { vm: { name: 'prize', uuid }, checkedAt: made.observedAt, method: 'pushed' } as const
    return ingest.submit(from, [known ? { ...made, routeChecks: [buildCheck(0, pushed)] } : made], world.clock.now)
  }
  await claim(honest)
  const { id: vmId } = await vmNamed('prize', honest.hypervisorId)
  const { token } = await createVmToken(world.user, { vmId })
  const counted = async () => (await authenticateGuest(world.anonymous, { token })).hypervisorId
  expect(await counted()).toBe(honest.hypervisorId)
  await claim(thief)
  expect(await counted()).toBe(honest.hypervisorId)
  const claims = async (from: CollectorActor) =>
    (await readVm(world.user, { id: (await vmNamed('prize', from.hypervisorId)).id })).claims.map(({ name }) => name)
  expect([await claims(honest), await claims(thief)]).toEqual([['host-0001'], ['host-0000']])

  // A silent hypervisor gets its pushes back when it returns.
  world.clock.now += 60_000
  await claim(thief)
  await judgeDue(world.system)
  expect(await counted()).toBe(thief.hypervisorId)
  await claim(honest)
  expect(await counted()).toBe(honest.hypervisorId)
  expect(await claims(honest)).toEqual(['host-0001'])

  world.clock.now += 15_000
  await claim(honest, false)
  await claim(thief)
  expect(await counted()).toBe(thief.hypervisorId)
  expect(await claims(thief)).toEqual([])
})
