import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const NAMESPACES = 2000
const WITH_TAP = 20

describe.skipIf(process.getuid?.() !== 0)('thousands of network namespaces', () => {
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    hypervisor = await startBareHypervisor()
    await hypervisor.run('sh', '-c', `seq ${NAMESPACES} | sed 's/^/netns add r/' | ip -batch -`)
    await hypervisor.run(
      'sh',
      '-c',
      `for i in $(seq ${WITH_TAP}); do ip -n r$i tuntap add tap$i mode tap || exit 1; done`,
    )
  })
  afterEach(() => hypervisor.remove())

  test('reports the used namespaces with their limit, in time, one descriptor each', async () => {
    const { namespaces, runs } = await hypervisor.collect()
    const names = Array.from({ length: WITH_TAP }, (_, index) => `r${index + 1}`)
    expect(new Set(namespaces.map(({ name }) => name))).toEqual(new Set(names))
    expect(namespaces.filter(({ taps, optmemMaxBytes }) => taps.length === 1 && optmemMaxBytes !== null)).toHaveLength(
      WITH_TAP,
    )
    expect(runs.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    // Surveys have five seconds, and reading the limit of every namespace would take most of this time.
    const spent = new Map(runs.map(({ probe, milliseconds }) => [probe, milliseconds]))
    expect(spent.get('limit')).toBeLessThan(spent.get('links') ?? 0)

    const collector = hypervisor.startCollector('--interval', '1')
    const countDescriptors = async () =>
      Number(await hypervisor.run('sh', '-c', 'ls /proc/$(cat /run/collector.pid)/fd | wc -l'))
    await until('three passes are over', async () => hypervisor.readSpool().length >= 3)
    const before = await countDescriptors()
    expect(before).toBeLessThan(WITH_TAP + 60)
    await until('three more are over', async () => hypervisor.readSpool().length >= 6)
    expect(await countDescriptors()).toBeLessThanOrEqual(before + 2)
    expect(await collector.stop()).toBe(0)
  })
})
