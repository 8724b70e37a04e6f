import { readFile, readlink } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { collectOnce } from '../collector/collect-once.ts'
import { diagnose } from '../collector/diagnose.ts'
import { type Hypervisor, type HypervisorOptions, startHypervisor } from './start.ts'

const TAP = { name: 'tap101', allRoutersUsers: 2, status: 'served', vm: 'vm-101' }

/** With a VM that has its route. */
async function start(name: string, options: Partial<HypervisorOptions>) {
  const hypervisor = await startHypervisor({ name, routeLifetimeSeconds: 30, ...options })
  onTestFinished(() => hypervisor.dispose())
  const vm = await hypervisor.addVm({ name: 'vm-101', tap: 'tap101' })
  await expect.poll(() => vm.hasDefaultRoute(), { interval: 200 }).toBe(true)
  return { hypervisor, vm }
}

/** What the collector must report about each sender, according to a reading that shares no code with it. */
async function expectSenders(hypervisor: Hypervisor) {
  const readings = await hypervisor.readSenders()
  return readings.map(({ program, inode, optmemBytes, memberships, staleInterfaceIndexes }) => ({
    daemon: program,
    version: expect.stringMatching(/^\d+\.\d+/),
    inode,
    optmemBytes,
    memberships: memberships.length,
    staleInterfaceIndexes,
  }))
}

/** In its first minute with an interface, dnsmasq advertises every 5 to 20 s. */
async function expectAdverts(hypervisor: Hypervisor) {
  const sent = await hypervisor.countAdvertsOut('tap101')
  await expect.poll(() => hypervisor.countAdvertsOut('tap101'), { interval: 500 }).toBeGreaterThan(sent)
}

/** Before Linux 6.8 the limit belongs to the machine, and only the first namespace shows it. */
async function expectLimit({ place }: Hypervisor, bytes: number) {
  const file = '/proc/sys/net/core/optmem_max'
  const own = await place.cell.run('sh', ['-c', `cat ${file} 2>/dev/null || true`])
  if (own !== '') return { optmemMaxBytes: bytes, optmemMaxSource: 'namespace' }
  return { optmemMaxBytes: Number(await readFile(file, 'utf8')), optmemMaxSource: 'init' }
}

async function expectDiagnosis(hypervisor: Hypervisor, namespace: Record<string, unknown>) {
  const diagnosis = await diagnose(hypervisor.cell)
  const senders = await expectSenders(hypervisor)
  const expected = { ...namespace, ...(await expectLimit(hypervisor, 20_480)), senders, taps: [TAP] }
  expect(diagnosis).toMatchObject({ unread: [] })
  expect(diagnosis.namespaces.filter((one) => one.senders.length > 0)).toMatchObject([expected])
  return senders
}

test('dnsmasq leaks too; the report has its version and its settings', async () => {
  const { hypervisor } = await start('dnsmasq-test', { senders: ['dnsmasq'] })
  await hypervisor.churn(40)
  const [sender] = await expectDiagnosis(hypervisor, { name: null, own: true })
  expect(sender).toMatchObject({ daemon: 'dnsmasq', memberships: 41, optmemBytes: 41 * 56 })
  expect(sender?.staleInterfaceIndexes).toHaveLength(40)
  const { namespaces } = await collectOnce(hypervisor.cell)
  expect(namespaces[0]?.senders[0]).toMatchObject({
    executableDeleted: false,
    configuration: {
      path: 'its command line',
      interfaces: [
        {
          name: 'tap101',
          sendsAdverts: true,
          maxIntervalSeconds: 4,
          routerLifetimeSeconds: 30,
          prefixes: [{ prefix: '::/64', autonomous: true }],
        },
      ],
    },
  })
})

test('dnsmasq still advertises and serves its taps with a full socket', async () => {
  const { hypervisor, vm } = await start('dnsmasq-full-test', { senders: ['dnsmasq'], optmemMaxBytes: 960 })
  await hypervisor.churn(30)
  const [reading] = await hypervisor.readSenders()
  expect(reading).toMatchObject({ optmemBytes: 17 * 56, optmemMaxBytes: 960 })
  await expectAdverts(hypervisor)
  expect(await vm.hasDefaultRoute()).toBe(true)
  expect(await diagnose(hypervisor.cell)).toMatchObject({
    namespaces: [{ senders: [{ status: 'joins-blocked', joinsLeft: 0, sendsBlocked: false }], taps: [TAP] }],
  })
})

test("finds radvd, taps, limit and the outside VM of a neutron router's namespace", async () => {
  const { hypervisor } = await start('router-test', { place: 'router' })
  await hypervisor.churn(40)
  const [sender] = await expectDiagnosis(hypervisor, {
    name: expect.stringMatching(/^qrouter-[0-9a-f-]{36}$/),
    own: false,
  })
  expect(sender).toMatchObject({ daemon: 'radvd', memberships: 41 })
  expect(sender?.staleInterfaceIndexes).toHaveLength(40)
  const { namespaces } = await collectOnce(hypervisor.cell)
  const configuration = namespaces.flatMap(({ senders }) => senders)[0]?.configuration
  expect(configuration).toMatchObject({
    path: expect.stringMatching(/^\/var\/lib\/neutron\/ra\/.*\.radvd\.conf$/),
    interfaces: [{ name: 'tap101' }],
  })
})

test('reads a radvd whose executable and configuration are only in a container', async () => {
  const { hypervisor } = await start('container-test', { place: 'container' })
  await hypervisor.churn(40)
  const [sender] = await expectDiagnosis(hypervisor, { name: null, own: false })
  expect(sender?.staleInterfaceIndexes).toHaveLength(40)
  const { configuration, program } = hypervisor.place.radvd
  for (const path of [configuration, program])
    await expect(hypervisor.cell.run('test', ['-e', path])).rejects.toThrow('test -e')
  expect(await readlink(`/proc/${hypervisor.radvd.pid}/exe`)).toBe(program)
  const { namespaces } = await collectOnce(hypervisor.cell)
  expect(namespaces.flatMap(({ senders }) => senders)).toMatchObject([
    { configuration: { path: configuration, interfaces: [{ name: 'tap101' }] } },
  ])
})

test('names both senders on a link, and the one that serves if the other is full', async () => {
  const { hypervisor, vm } = await start('two-senders-test', { senders: ['radvd', 'dnsmasq'], optmemMaxBytes: 960 })
  const both = {
    ...TAP,
    allRoutersUsers: 3,
    reason: expect.stringMatching(
      /^(radvd and dnsmasq|dnsmasq and radvd) have joined here; 2 senders share this link \(router lifetimes 30 s and 30 s\)/,
    ),
  }
  await expect.poll(() => diagnose(hypervisor.cell)).toMatchObject({ namespaces: [{ taps: [both] }] })
  await hypervisor.churn(30)
  const readings = await hypervisor.readSenders()
  expect(new Map(readings.map(({ program, optmemBytes }) => [program, optmemBytes]))).toEqual(
    new Map([
      ['radvd', 17 * 56],
      ['dnsmasq', 17 * 56],
    ]),
  )
  await expectAdverts(hypervisor)
  expect(await vm.hasDefaultRoute()).toBe(true)
  const reason = expect.stringMatching(
    /^dnsmasq has joined here; radvd does not serve this tap: 16 stale and 1 live memberships hold 952 of 960 bytes; every/,
  )
  expect(await diagnose(hypervisor.cell)).toMatchObject({
    namespaces: [{ taps: [{ ...TAP, allRoutersUsers: 3, reason }] }],
    vms: [{ route: { status: 'ok' } }],
  })
})
