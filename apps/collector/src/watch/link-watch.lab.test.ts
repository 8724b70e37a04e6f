import type { Report, TapReport } from '@slashzero/contract/report'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const LONG = ['--interval', '600'] as const

describe.skipIf(process.getuid?.() !== 0)('run between its passes', () => {
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    hypervisor = await startBareHypervisor()
  })
  afterEach(() => hypervisor.remove())

  const seenTaps = ({ namespaces }: Report): TapReport[] => namespaces.flatMap(({ taps }) => taps)

  /** The reports with this tap in the expected state, with the seconds from `since` to each observation. */
  function reportsWith(name: string, since: number, holds: (tap: TapReport) => boolean = () => true): number[] {
    const reports = hypervisor
      .readSpool()
      .filter((report) => seenTaps(report).some((tap) => tap.name === name && holds(tap)))
    return reports.map(({ observedAt }) => (Date.parse(observedAt) - since) / 1000)
  }

  async function startWatching(...flags: readonly string[]) {
    const collector = hypervisor.startCollector(...flags)
    await until('the pass after the start is over', async () => hypervisor.readSpool().length >= 2)
    return collector
  }

  /** A pass after the stop must see the last advertisement, or the advertisement counts as a later answer. */
  async function stopRadvd(vm: Awaited<ReturnType<BareHypervisor['startVm']>>): Promise<void> {
    await hypervisor.run('sh', '-c', 'kill -STOP $(pgrep -x radvd)')
    const stopped = Date.now()
    await vm.ask('open', 'another')
    await until('a pass saw the other tap', async () => reportsWith('another', stopped).length > 0)
  }

  async function countDescriptors(): Promise<number> {
    return Number(await hypervisor.run('sh', '-c', 'ls /proc/$(cat /run/collector.pid)/fd | wc -l'))
  }

  test('reports a tap that its full sender cannot join at once and until it is judged', async ({ skip }) => {
    const vm = await hypervisor.startVm('-name', 'vm')
    const filling = ['tap1', 'tap2', 'tap3', 'tap4', 'tap5']
    skip(!(await hypervisor.setLimit(300)), 'a namespace has no limit of its own before Linux 6.8')
    await hypervisor.startRadvd([...filling, 'tap6'])
    await vm.ask('open', ...filling)
    await hypervisor.raiseServed(filling)
    const collector = await startWatching(...LONG)
    const since = Date.now()
    await vm.ask('open', 'tap6')
    await hypervisor.run('ip', 'link', 'set', 'tap6', 'up')
    const unjoined = ({ up, allRoutersUsers }: TapReport) => up && allRoutersUsers === 1
    await until('it was reported three times', async () => reportsWith('tap6', since, unjoined).length >= 3)
    // A busy machine makes the first report late, so the others are timed from the event.
    const [, second = 0, third = 0] = reportsWith('tap6', since, unjoined)
    expect(second).toBeGreaterThan(2)
    expect(third).toBeGreaterThan(10)
    expect(await collector.stop()).toBe(0)
  })

  test('reports a joined tap once, and again if its solicitation gets no answer', async () => {
    const vm = await hypervisor.startVm('-name', 'vm')
    await hypervisor.startRadvd(['tap1'])
    await startWatching(...LONG)
    await vm.ask('open', 'tap1')
    await hypervisor.raiseServed(['tap1'])
    await vm.ask('solicit', 'tap1')
    await sleep(5000)
    expect(hypervisor.readSpool().length).toBeLessThanOrEqual(5)
    await stopRadvd(vm)
    const since = Date.now()
    await vm.ask('solicit', 'tap1')
    const unanswered = ({ routerSolicitsIn }: TapReport) => routerSolicitsIn === 2
    await until('the solicitation was reported twice', async () => reportsWith('tap1', since, unanswered).length >= 2)
    expect(reportsWith('tap1', since, unanswered)[1]).toBeGreaterThan(2)
  })

  test('reports an unanswered solicitation on an old tap soon after it was due', async () => {
    const vm = await hypervisor.startVm('-name', 'vm')
    await hypervisor.startRadvd(['tap1'])
    await vm.ask('open', 'tap1')
    await hypervisor.raiseServed(['tap1'])
    await startWatching(...LONG)
    await stopRadvd(vm)
    const since = Date.now()
    await vm.ask('solicit', 'tap1')
    const unanswered = ({ routerSolicitsIn }: TapReport) => routerSolicitsIn === 1
    await until('the solicitation was reported', async () => reportsWith('tap1', since, unanswered).length > 0)
    // radvd may take half a second to answer.
    expect(reportsWith('tap1', since, unanswered)[0]).toBeGreaterThan(0.5)
  })

  test('reports a tap made before its VM when the VM opens it', async () => {
    const vm = await hypervisor.startVm('-name', 'vm')
    await hypervisor.run('ip', 'tuntap', 'add', 'tap1', 'mode', 'tap')
    await hypervisor.run('ip', 'link', 'set', 'tap1', 'up')
    await hypervisor.startRadvd(['tap1'])
    await startWatching(...LONG)
    const down = { name: 'tap1', up: false, allRoutersUsers: 1 }
    expect(seenTaps(hypervisor.readSpool().at(-1) ?? never())).toMatchObject([down])
    await hypervisor.run('sh', '-c', 'kill -STOP $(pgrep -x radvd)')
    const since = Date.now()
    await vm.ask('open', 'tap1')
    const unjoined = ({ up, allRoutersUsers }: TapReport) => up && allRoutersUsers === 1
    await until('it was reported twice', async () => reportsWith('tap1', since, unjoined).length >= 2)
  })

  test('hears taps in other namespaces and delays the end of none', async () => {
    await hypervisor.run('ip', 'netns', 'add', 'qrouter-1')
    await hypervisor.run('ip', 'link', 'add', 'inside', 'netns', 'qrouter-1', 'type', 'veth', 'peer', 'name', 'outside')
    await hypervisor.run('ip', '-n', 'qrouter-1', 'tuntap', 'add', 'tap1', 'mode', 'tap')
    await startWatching(...LONG)
    const since = Date.now()
    await hypervisor.run('ip', '-n', 'qrouter-1', 'tuntap', 'add', 'tap2', 'mode', 'tap')
    await until('the tap was reported', async () => reportsWith('tap2', since).length > 0, 10)
    await hypervisor.run('ip', 'netns', 'del', 'qrouter-1')
    await until(
      'the namespace has ended, and its half of the cable with it',
      async () => {
        return !(await hypervisor.run('ip', '-o', 'link')).includes('outside')
      },
      5,
    )
    await until('its end was reported', async () => seenTaps(hypervisor.readSpool().at(-1) ?? never()).length === 0, 10)
    expect(reportsWith('tap2', since).length).toBeGreaterThan(0)
  })

  test('has no more descriptors after fifty namespaces came and went', async () => {
    const collector = await startWatching('--interval', '1')
    const make = async (): Promise<void> => {
      const each = 'ip netns add r$i && ip -n r$i tuntap add tap$i mode tap || exit 1'
      await hypervisor.run('sh', '-c', `for i in $(seq 50); do ${each}; done`)
      await until(
        'all fifty were reported',
        async () => seenTaps(hypervisor.readSpool().at(-1) ?? never()).length === 50,
      )
    }
    const remove = async (): Promise<void> => {
      await hypervisor.run('sh', '-c', 'for name in $(ls /run/netns); do ip netns del $name; done')
      await until('their end was reported', async () => seenTaps(hypervisor.readSpool().at(-1) ?? never()).length === 0)
    }
    const before = await countDescriptors()
    await make()
    expect(await countDescriptors()).toBeGreaterThanOrEqual(before + 50)
    await remove()
    expect(await countDescriptors()).toBeLessThanOrEqual(before + 2)
    expect(await collector.stop()).toBe(0)
  })

  test('reads everything again after lost announcements, and says so', async () => {
    await startWatching(...LONG)
    await hypervisor.run('sh', '-c', 'kill -STOP $(cat /run/collector.pid)')
    const taps = Array.from({ length: 400 }, (_, index) => `tap${index}`)
    const each = ['up', 'alias a', 'alias b', 'alias c', 'alias d', 'alias e']
    const changes = each.flatMap((change) => taps.map((tap) => `link set ${tap} ${change}`))
    const lines = [...taps.map((tap) => `tuntap add ${tap} mode tap`), ...changes]
    await hypervisor.run('sh', '-c', `printf '${lines.join('\\n')}\\n' | ip -batch -`)
    await hypervisor.run('sh', '-c', 'kill -CONT $(cat /run/collector.pid)')
    await until('all were reported', async () => seenTaps(hypervisor.readSpool().at(-1) ?? never()).length === 400, 10)
    const runs = hypervisor.readSpool().flatMap((report) => report.runs.filter(({ probe }) => probe === 'link-events'))
    expect(runs.filter(({ outcome }) => outcome === 'failed').map(({ error }) => error)).toEqual([
      expect.stringContaining('announcements of interfaces were lost'),
    ])
  })
})

function never(): never {
  throw new Error('no report')
}
