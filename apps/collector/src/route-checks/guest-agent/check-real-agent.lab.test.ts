import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../clock.ts'
import { findHeldSockets } from './find-held-sockets.ts'
import { createGuestRouteChecker } from './create-guest-route-checker.ts'
import type { GuestVm } from './guest-route-checker.ts'

const host = `sz-ga-h-${process.pid}`
const guest = `sz-ga-g-${process.pid}`
const directory = mkdtempSync(join(tmpdir(), 'slashzero-ga-'))
const vm: GuestVm = { name: 'guest', uuid: null, pid: process.pid, agentSocketPath: join(directory, 'agent.sock') }
const router = 'fe80::ff:fe00:1'
const children = new Set<ChildProcess>()
let agent: ChildProcess
const PATIENCE = { timeout: 60_000 }

// CI skips nothing, so the test fails there without root.
const unable = process.getuid?.() !== 0 && process.env['CI'] !== 'true'

describe.skipIf(unable)('a real guest agent in a namespace whose router is a real radvd (needs root)', () => {
  beforeAll(async () => {
    ip('netns', 'add', host)
    ip('netns', 'add', guest)
    ip(
      'link',
      'add',
      'tap0',
      'netns',
      host,
      'address',
      '02:00:00:00:00:01',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      guest,
    )
    within(host, 'sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1')
    for (const device of ['lo', 'tap0']) ip('-n', host, 'link', 'set', device, 'up')
    for (const device of ['lo', 'eth0']) ip('-n', guest, 'link', 'set', device, 'up')
    // Otherwise the kernel may remove an expired route before its check.
    within(guest, 'sysctl', '-qw', 'net.ipv6.route.gc_interval=3600')
    agent = start(
      guest,
      'qemu-ga',
      '-m',
      'unix-listen',
      '-p',
      vm.agentSocketPath ?? '',
      '-t',
      directory,
      '-f',
      join(directory, 'agent.pid'),
    )
    await vi.waitUntil(async () => (await check()).defaultRoute !== 'unknown', PATIENCE)
  })

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
    for (const namespace of [guest, host]) ip('netns', 'del', namespace)
    rmSync(directory, { recursive: true, force: true })
  })

  test('an advertised route is present with its lifetime, and absent after a farewell', async () => {
    const radvd = advertise(1800)
    await vi.waitFor(async () => expect((await check()).defaultRoute).toBe('present'), PATIENCE)
    const report = await check()
    expect(report).toMatchObject({ gateway: router, reason: null, method: 'guest-agent' })
    expect(report.expiresInSeconds).toBeGreaterThan(1780)
    expect(report.expiresInSeconds).toBeLessThanOrEqual(1800)
    await stop(radvd, 'SIGTERM')
    await vi.waitFor(
      async () => expect(await check()).toMatchObject({ defaultRoute: 'absent', gateway: null }),
      PATIENCE,
    )
  })

  test('an expired route is expired although the kernel still lists it', async () => {
    const radvd = advertise(6)
    await vi.waitFor(async () => expect((await check()).defaultRoute).toBe('present'), PATIENCE)
    await stop(radvd, 'SIGKILL')
    await vi.waitFor(async () => expect((await check()).defaultRoute).toBe('expired'), PATIENCE)
    expect(within(guest, 'ip', '-6', 'route', 'show', 'default')).toContain(`default via ${router}`)
    expect((await check()).expiresInSeconds).toBeLessThanOrEqual(0)
    within(guest, 'ip', '-6', 'route', 'flush', 'default')
    expect(await check()).toMatchObject({ defaultRoute: 'absent' })
  })

  test.each([
    {
      route: ['unreachable', 'default'],
      expected: { defaultRoute: 'absent', reason: expect.stringContaining('unreachable') },
    },
    {
      route: ['blackhole', 'default'],
      expected: { defaultRoute: 'absent', reason: expect.stringContaining('blackhole') },
    },
    {
      route: ['default', 'dev', 'eth0', 'table', '100'],
      expected: { defaultRoute: 'absent', reason: expect.stringContaining('table 100') },
    },
    {
      route: ['default', 'dev', 'eth0'],
      expected: { defaultRoute: 'present', gateway: null, expiresInSeconds: null, reason: null },
    },
  ])('ip -6 route add $route', async ({ route, expected }) => {
    within(guest, 'ip', '-6', 'route', 'add', ...route)
    expect(await check()).toMatchObject(expected)
    within(guest, 'ip', '-6', 'route', 'del', ...route)
  })

  test('a held socket and a stopped agent are unknown until they answer again', async () => {
    const holder = createConnection({ path: vm.agentSocketPath ?? '' })
    await new Promise((resolve) => void holder.once('connect', resolve))
    const held = await check(1500)
    expect(held).toMatchObject({ defaultRoute: 'unknown', reason: expect.stringContaining('another client') })
    holder.destroy()
    const brief = createConnection({ path: vm.agentSocketPath ?? '' })
    await new Promise((resolve) => void brief.once('connect', resolve))
    setTimeout(() => brief.destroy(), 400)
    expect(await check()).toMatchObject({ defaultRoute: 'absent' })
    await vi.waitFor(async () => expect((await check()).defaultRoute).toBe('absent'), PATIENCE)
    // The agent first closes its end of the last check; otherwise the stopped agent would keep the socket held.
    await vi.waitUntil(async () => !(await findHeldSockets([])).has(vm.agentSocketPath ?? ''), PATIENCE)
    process.kill(agent.pid ?? 0, 'SIGSTOP')
    expect(await check(1500)).toMatchObject({ defaultRoute: 'unknown', reason: expect.stringContaining('hangs') })
    process.kill(agent.pid ?? 0, 'SIGCONT')
    await vi.waitFor(async () => expect((await check()).defaultRoute).toBe('absent'), PATIENCE)
  })
})

async function check(deadlineMilliseconds = 20_000) {
  const checker = createGuestRouteChecker({ deadlineMilliseconds, clock: systemClock })
  const [report] = await checker.check([vm])
  if (report === undefined) throw new Error('a VM was not reported')
  return report
}

/** Starts a router; its first advertisement comes within about 3 s. */
function advertise(lifetimeSeconds: number): ChildProcess {
  const configuration = join(directory, 'radvd.conf')
  writeFileSync(
    configuration,
    `interface tap0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime ${lifetimeSeconds}; };\n`,
  )
  return start(host, 'radvd', '-n', '-C', configuration, '-p', join(directory, 'radvd.pid'), '-m', 'stderr')
}

function start(namespace: string, command: string, ...args: string[]): ChildProcess {
  const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: 'ignore' })
  children.add(child)
  return child
}

async function stop(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ended = new Promise((resolve) => void child.once('exit', resolve))
  child.kill(signal)
  await ended
  children.delete(child)
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' })
}

function within(namespace: string, ...args: string[]): string {
  return ip('netns', 'exec', namespace, ...args)
}
