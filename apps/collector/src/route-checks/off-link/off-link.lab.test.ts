import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BareGuest, type BareHypervisor, connectGuest, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SOURCE = '2001:db8:ffff::1'
const ADDRESS = 'ip addr add fe80::1/64 dev DEV nodad; ip addr add 2001:db8:1::1/64 dev DEV nodad'

let hypervisor: BareHypervisor
let guest: BareGuest

const inGuest = (...command: string[]) => guest.run(...command)

beforeAll(async () => {
  hypervisor = await startBareHypervisor()
  await hypervisor.run('ip', 'addr', 'add', `${SOURCE}/128`, 'dev', 'lo')
  const vm = await hypervisor.startVm('-name', 'guest=vm-1', '-uuid', '11111111-2222-3333-4444-555555555555')
  guest = await connectGuest(hypervisor, vm, 'tap1', 'cable1')
  await hypervisor.run(
    'sh',
    '-ec',
    `sysctl -qw net.ipv6.conf.tap1.accept_dad=0; ip link set tap1 up; ${ADDRESS.replaceAll('DEV', 'tap1')}`,
  )
  await inGuest('ip', 'addr', 'add', '2001:db8:1::10/64', 'dev', 'cable1', 'nodad')
  await restoreRoute()
  await until('the hypervisor knows its guest', async () => {
    await inGuest('bash', '-c', 'echo hello > /dev/udp/2001:db8:1::1/9')
    return /2001:db8:1::10 .*lladdr/.test(await hypervisor.run('ip', '-6', 'neigh'))
  })
}, 60_000)

afterAll(async () => {
  await guest.remove()
  await hypervisor.remove()
})

async function restoreRoute(): Promise<void> {
  await inGuest('ip', '-6', 'route', 'replace', 'default', 'via', 'fe80::1', 'dev', 'cable1')
}

async function check(source = SOURCE, ...flags: string[]) {
  const { routeChecks, runs, namespaces } = await hypervisor.collect([], '--off-link-source', source, ...flags)
  const found = routeChecks.find(({ method }) => method === 'off-link-probe')
  const run = runs.find(({ probe }) => probe === 'off-link-probe')
  return { check: found, run, senders: namespaces.flatMap((namespace) => namespace.senders) }
}

test('a guest with a default route answers off-link', async () => {
  const { check: found, run, senders } = await check()
  expect(found).toMatchObject({ vm: { name: 'vm-1' }, defaultRoute: 'present', reason: null })
  expect(run).toMatchObject({ outcome: 'ok', error: null })
  expect(senders).toEqual([])
})

test('without a route the guest answers only on-link, until the route returns', async () => {
  await inGuest('ip', '-6', 'route', 'del', 'default')
  expect((await check()).check).toMatchObject({
    defaultRoute: 'absent',
    reason: expect.stringMatching(/^the VM answers on-link .*, and not off-link$/),
  })
  await restoreRoute()
  expect((await check()).check).toMatchObject({ defaultRoute: 'present' })
})

test('a route of type unreachable counts as no route', async () => {
  await inGuest('ip', '-6', 'route', 'del', 'default')
  await inGuest('ip', '-6', 'route', 'add', 'unreachable', 'default')
  expect((await check()).check).toMatchObject({ defaultRoute: 'absent' })
  await inGuest('ip', '-6', 'route', 'del', 'unreachable', 'default')
  await restoreRoute()
})

test('an expired route counts as no route although the kernel still lists it', async () => {
  await inGuest('ip', '-6', 'route', 'del', 'default')
  await inGuest('ip', '-6', 'route', 'add', 'default', 'via', 'fe80::1', 'dev', 'cable1', 'expires', '1')
  await sleep(2500)
  const { check: found } = await check()
  expect(await inGuest('ip', '-6', 'route', 'show', 'default')).toMatch(/^default via fe80::1 .*expires -/)
  expect(found).toMatchObject({ defaultRoute: 'absent' })
  await inGuest('ip', '-6', 'route', 'flush', 'default')
  await restoreRoute()
})

test('a guest that drops echo requests is unknown without a TCP port', async () => {
  await inGuest('sysctl', '-qw', 'net.ipv6.icmp.echo_ignore_all=1')
  const unknown = { defaultRoute: 'unknown', reason: expect.stringContaining('neither off-link nor on-link') }
  expect((await check(SOURCE, '--off-link-tcp-ports=')).check).toMatchObject(unknown)
  await inGuest('ip', '-6', 'route', 'del', 'default')
  expect((await check(SOURCE, '--off-link-tcp-ports=')).check).toMatchObject(unknown)
  await restoreRoute()
})

test('a TCP refusal off-link means a route, and only on-link means no route', async () => {
  expect((await check()).check).toMatchObject({ defaultRoute: 'present', reason: null })
  await inGuest('ip', '-6', 'route', 'del', 'default')
  const reason = 'the VM answers on-link (TCP port 22, TCP port 3389), and not off-link'
  expect((await check()).check).toMatchObject({ defaultRoute: 'absent', reason })
  await restoreRoute()
})

test('a listening guest is asked without a complete connection', async () => {
  const script =
    "let made = 0; require('net').createServer(() => made++).listen(22, '::', () => console.log('ready')); process.on('SIGTERM', () => { console.log(made); process.exit() })"
  const { stdout } = guest.start(process.execPath, '-e', script)
  if (stdout === null) throw new Error('The listener has no output.')
  await once(stdout, 'data')
  expect((await check(SOURCE, '--off-link-tcp-ports', '22')).check).toMatchObject({ defaultRoute: 'present' })
  const sockets = await inGuest('ss', '-Htan')
  expect(sockets.trim().split('\n')).toEqual([expect.stringMatching(/^LISTEN .*:22/)])
  const count = once(stdout, 'data')
  await inGuest('pkill', '-TERM', '-f', 'createServer')
  expect(String((await count)[0]).trim()).toBe('0')
  await inGuest('sysctl', '-qw', 'net.ipv6.icmp.echo_ignore_all=0')
})

test('refuses a source that the host does not own or that is on-link', async () => {
  const refused = await check('2001:db8:fffe::1')
  expect(refused.check).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('is not an address of'),
  })
  expect(refused.run).toMatchObject({ outcome: 'failed' })
  expect((await check('2001:db8:1::1')).check).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('on-link for the VM'),
  })
})

test('without CAP_NET_RAW, the run says so', async () => {
  const report = await hypervisor.collect(['setpriv', '--bounding-set', '-net_raw'], '--off-link-source', SOURCE)
  const run = report.runs.find(({ probe }) => probe === 'off-link-probe')
  expect(run).toMatchObject({ outcome: 'failed', error: expect.stringContaining('needs CAP_NET_RAW') })
})

test('behind a bridge, a guest is found by the tap of its link address', async () => {
  const bridge = 'ip link add br0 type bridge; sysctl -qw net.ipv6.conf.br0.accept_dad=0; ip link set br0 up'
  await hypervisor.run(
    'sh',
    '-ec',
    `ip addr flush dev tap1; ${bridge}; ip link set tap1 master br0; ${ADDRESS.replaceAll('DEV', 'br0')}`,
  )
  await inGuest('ip', '-6', 'neigh', 'flush', 'all')
  await until('the hypervisor knows its guest on the bridge', async () => {
    await inGuest('bash', '-c', 'echo hello > /dev/udp/2001:db8:1::1/9')
    return /2001:db8:1::10 dev br0 .*lladdr/.test(await hypervisor.run('ip', '-6', 'neigh'))
  })
  expect((await check()).check).toMatchObject({ defaultRoute: 'present' })
  await inGuest('ip', '-6', 'route', 'del', 'default')
  expect((await check()).check).toMatchObject({ defaultRoute: 'absent' })
})

test("in a router's namespace, a guest is asked with an address of that namespace", async () => {
  const inside = `sysctl -qw net.ipv6.conf.all.forwarding=1; ip link set lo up; ip link set tap1 up; ${ADDRESS.replaceAll('DEV', 'tap1')}`
  await hypervisor.run('sh', '-ec', 'ip netns add qrouter-1; ip link del br0; ip link set tap1 netns qrouter-1')
  await hypervisor.run('ip', 'netns', 'exec', 'qrouter-1', 'sh', '-ec', inside)
  await restoreRoute()
  await inGuest('ip', '-6', 'neigh', 'flush', 'all')
  await until('the namespace knows the guest', async () => {
    await inGuest('bash', '-c', 'echo hello > /dev/udp/2001:db8:1::1/9')
    return /2001:db8:1::10 .*lladdr/.test(await hypervisor.run('ip', '-n', 'qrouter-1', '-6', 'neigh'))
  })
  expect((await check()).check).toMatchObject({
    defaultRoute: 'unknown',
    reason: expect.stringContaining('is not an address of'),
  })
  await hypervisor.run('ip', '-n', 'qrouter-1', 'addr', 'add', `${SOURCE}/128`, 'dev', 'lo')
  expect((await check()).check).toMatchObject({ defaultRoute: 'present' })
  await inGuest('ip', '-6', 'route', 'del', 'default')
  expect((await check()).check).toMatchObject({ defaultRoute: 'absent' })
})

test('a guest whose interface is down is unknown', async () => {
  await inGuest('ip', 'link', 'set', 'cable1', 'down')
  await sleep(100)
  expect((await check()).check).toMatchObject({ defaultRoute: 'unknown' })
})
