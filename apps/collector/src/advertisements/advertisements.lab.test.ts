import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SeenAdvertisement, TapReport } from '@slashzero/contract/report'
import { type BareGuest, type BareHypervisor, connectGuest, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const INTERVAL = 'AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;'
const PREFIX = 'prefix 2001:db8:1::/64 { AdvValidLifetime 7200; AdvPreferredLifetime 3600; };'

describe.skipIf(process.getuid?.() !== 0)('run, listening to advertisements', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-lab-'))
  let hypervisor: BareHypervisor
  let guest: BareGuest

  beforeAll(async () => {
    hypervisor = await startBareHypervisor()
    const vm = await hypervisor.startVm('-name', 'guest=vm-1')
    guest = await connectGuest(hypervisor, vm, 'tap1', 'cable1')
    await hypervisor.run(
      'sh',
      '-ec',
      'sysctl -qw net.ipv6.conf.tap1.accept_dad=0; ip link set tap1 up; ip addr add fd00:1::1/64 dev tap1 nodad',
    )
    hypervisor.startCollector('--watch-advertisements', '--interval', '1')
    await until(
      'the collector reports the tap',
      async () => seen('sent') !== undefined || tapNow()?.advertisements?.length === 0,
    )
  }, 60_000)
  afterEach(async () => {
    await stopSenders('KILL').catch(() => undefined)
    await guest.run('pkill', '-KILL', '-x', 'radvd').catch(() => undefined)
    await guest.run('sysctl', '-qw', 'net.ipv6.conf.cable1.forwarding=0')
  })
  afterAll(async () => {
    await guest.remove()
    await hypervisor.remove()
    rmSync(folder, { recursive: true })
  })

  const tapNow = (): TapReport | undefined => {
    return hypervisor
      .readSpool()
      .at(-1)
      ?.namespaces.flatMap(({ taps }) => taps)
      .find(({ name }) => name === 'tap1')
  }
  const seen = (direction: SeenAdvertisement['direction']) =>
    tapNow()?.advertisements?.find((one) => one.direction === direction)

  /** The command that starts radvd for one interface. */
  function radvd(device: string, options: string): string[] {
    const file = join(mkdtempSync(join(folder, 'radvd-')), 'radvd.conf')
    writeFileSync(file, `interface ${device} { ${INTERVAL} ${options} };\n`)
    return ['radvd', '-n', '-m', 'none', '-C', file, '-p', `${file}.pid`]
  }

  /** Stops the senders of the hypervisor, whose pid namespace hides all others. */
  async function stopSenders(signal: 'TERM' | 'KILL'): Promise<void> {
    await hypervisor.run('sh', '-c', `kill -${signal} $(pgrep -x 'radvd|dnsmasq')`)
  }

  async function untilSeen(
    holds: (one: SeenAdvertisement) => boolean,
    direction: SeenAdvertisement['direction'] = 'sent',
    since = Date.now(),
  ): Promise<SeenAdvertisement> {
    const found = () => {
      const one = seen(direction)
      return one !== undefined && Date.parse(one.seenAt) > since - 500 && holds(one) ? one : undefined
    }
    await until(`an advertisement is ${direction}`, async () => found() !== undefined)
    return found() ?? untilSeen(holds, direction, since)
  }

  /** Waits until a report is newer than this call. */
  async function untilReported(): Promise<void> {
    const now = new Date().toISOString()
    await until('another report came', async () => (hypervisor.readSpool().at(-1)?.observedAt ?? '') > now)
  }

  /** When the guest's default route ends, in milliseconds since the epoch; null without a route. */
  async function readRouteEnd(): Promise<number | null> {
    const [, seconds] =
      /^default .* expires (\d+)sec/.exec(await guest.run('ip', '-6', 'route', 'show', 'default')) ?? []
    return seconds === undefined ? null : Date.now() + Number(seconds) * 1000
  }

  /** Milliseconds between the route's end in the guest and in the advertisement, which the VM may pass on late. */
  async function readDifference({ seenAt, routerLifetimeSeconds }: SeenAdvertisement): Promise<number> {
    return Math.abs(Date.parse(seenAt) + routerLifetimeSeconds * 1000 - ((await readRouteEnd()) ?? 0))
  }

  test("the guest's route ends at the time in the advertisement seen on its tap", async () => {
    hypervisor.start(...radvd('tap1', `AdvDefaultLifetime 1800; ${PREFIX}`))
    await untilSeen(({ sincePreviousSeconds }) => sincePreviousSeconds !== null)
    await stopSenders('KILL')
    await untilReported()
    const last = await untilSeen(() => true, 'sent', 0)
    expect(last).toEqual({
      source: expect.stringMatching(/^fe80::/),
      linkAddress: /ether (\S+)/.exec(await hypervisor.run('ip', '-o', 'link', 'show', 'tap1'))?.[1],
      direction: 'sent',
      seenAt: expect.any(String),
      routerLifetimeSeconds: 1800,
      sincePreviousSeconds: expect.any(Number),
      prefixes: [
        {
          prefix: '2001:db8:1::/64',
          onLink: true,
          autonomous: true,
          validLifetimeSeconds: 7200,
          preferredLifetimeSeconds: 3600,
        },
      ],
    })
    await expect.poll(() => readDifference(last)).toBeLessThanOrEqual(2000)
  })

  test('a farewell is seen and ends the route of the guest', async () => {
    hypervisor.start(...radvd('tap1', 'AdvDefaultLifetime 600;'))
    await untilSeen(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 600)
    await until('the guest has a route', async () => (await readRouteEnd()) !== null)
    await stopSenders('TERM')
    await untilSeen(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 0)
    await expect.poll(readRouteEnd).toBeNull()
  })

  test('the advertisement of a sender that is not a default router is seen', async () => {
    hypervisor.start(...radvd('tap1', 'AdvDefaultLifetime 0;'))
    await untilSeen(
      ({ routerLifetimeSeconds, sincePreviousSeconds }) => routerLifetimeSeconds === 0 && sincePreviousSeconds !== null,
    )
    expect(await readRouteEnd()).toBeNull()
  })

  test("dnsmasq's advertisement is seen, and the guest's route ends with it", async () => {
    const range = ['--dhcp-range=fd00:1::,ra-only,64', '--ra-param=tap1,high,4,900']
    const files = [
      '--conf-file=/dev/null',
      `--pid-file=${join(folder, 'dnsmasq.pid')}`,
      `--dhcp-leasefile=${join(folder, 'leases')}`,
    ]
    hypervisor.start(
      'dnsmasq',
      '-k',
      '-p',
      '0',
      ...files,
      '--interface=tap1',
      '--bind-dynamic',
      '--enable-ra',
      ...range,
    )
    await untilSeen(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 900)
    await stopSenders('KILL')
    await untilReported()
    const last = await untilSeen(() => true, 'sent', 0)
    await expect.poll(() => readDifference(last)).toBeLessThanOrEqual(2000)
  })

  test("advertisements of a guest are told from the host's by their addresses", async () => {
    await guest.run('sysctl', '-qw', 'net.ipv6.conf.cable1.forwarding=1')
    guest.start(...radvd('cable1', 'AdvDefaultLifetime 1200;'))
    const heard = await untilSeen(() => true, 'received')
    const own = /fe80::\S+(?=\/64)/.exec(await guest.run('ip', '-6', 'addr', 'show', 'dev', 'cable1'))?.[0]
    const address = /ether (\S+)/.exec(await guest.run('ip', '-o', 'link', 'show', 'cable1'))?.[1]
    expect(heard).toMatchObject({ source: own, linkAddress: address, routerLifetimeSeconds: 1200 })
  })

  test('advertisements on taps of another namespace are heard', async () => {
    await hypervisor.run('ip', 'netns', 'add', 'qrouter-1')
    const inside = ['ip', 'netns', 'exec', 'qrouter-1']
    const vm = await hypervisor.startVm('-name', 'guest=vm-2')
    await vm.ask('open', 'tap2')
    await hypervisor.run('ip', 'link', 'set', 'tap2', 'netns', 'qrouter-1')
    await hypervisor.run(
      ...inside,
      'sysctl',
      '-qw',
      'net.ipv6.conf.all.forwarding=1',
      'net.ipv6.conf.tap2.forwarding=1',
    )
    await hypervisor.run(...inside, 'ip', 'link', 'set', 'tap2', 'up')
    hypervisor.start(...inside, ...radvd('tap2', 'AdvDefaultLifetime 300;'))
    const inThere = () =>
      hypervisor
        .readSpool()
        .at(-1)
        ?.namespaces.find(({ name }) => name === 'qrouter-1')?.taps[0]?.advertisements ?? []
    await until('it is seen there', async () => inThere().length > 0)
    expect(inThere()).toEqual([expect.objectContaining({ direction: 'sent', routerLifetimeSeconds: 300 })])
  })
})
