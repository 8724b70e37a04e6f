import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const HANG_FOLDER = fileURLToPath(new URL('../testing/hang-folder.ts', import.meta.url))

describe.skipIf(process.getuid?.() !== 0)('run', () => {
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    hypervisor = await startBareHypervisor()
  })
  afterEach(() => hypervisor.remove())

  async function runFor(reports: number): Promise<number | null> {
    const before = reports === 0 ? 0 : countReports()
    const collector = hypervisor.startCollector('--interval', '1')
    await until(`${reports} more reports`, async () => countReports() >= before + reports)
    return collector.stop()
  }

  function countReports(): number {
    try {
      return hypervisor.readSpool().length
    } catch {
      return 0
    }
  }

  test('keeps reports while the server is away and counts on after a restart', async () => {
    const first = await runFor(3)
    const second = await runFor(2)
    expect([first, second]).toEqual([0, 0])
    const sequences = hypervisor.readSpool().map(({ sequence }) => sequence)
    expect(sequences.length).toBeGreaterThanOrEqual(5)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    expect(new Set(sequences).size).toBe(sequences.length)
  })

  test('keeps the events of taps between two reports while the server is away', async () => {
    const vm = await hypervisor.startVm('-name', 'vm-1')
    const collector = hypervisor.startCollector('--interval', '3600')
    const lastTaps = () =>
      hypervisor
        .readSpool()
        .at(-1)
        ?.namespaces.flatMap(({ taps }) => taps.map(({ name, up }) => `${name} ${up ? 'up' : 'down'}`))
    await until('the first report', async () => countReports() >= 1)
    await vm.ask('open', 'tap1')
    await until('the tap is reported', async () => lastTaps()?.join() === 'tap1 down')
    await hypervisor.run('ip', 'link', 'set', 'tap1', 'up')
    await until('the tap is reported up', async () => lastTaps()?.join() === 'tap1 up')
    await vm.ask('close', 'tap1')
    await until('its end is reported', async () => lastTaps()?.join() === '')
    expect(await collector.stop()).toBe(0)
  })

  test('hanging storage delays neither the reports nor the end', async ({ skip }) => {
    const folder = '/run/radvd'
    const daemons = [1, 2, 3, 4, 5, 6]
    await hypervisor.run('mkdir', folder)
    for (const nth of daemons) {
      await hypervisor.run('sh', '-c', `echo 'interface tap${nth} { IgnoreIfMissing on; };' > ${folder}/${nth}.conf`)
      hypervisor.start('radvd', '-n', '-m', 'none', '-C', `${folder}/${nth}.conf`, '-p', `/run/radvd-${nth}.pid`)
      await until('radvd has started', async () => (await hypervisor.run('cat', `/run/radvd-${nth}.pid`)) !== '')
    }
    const storage = hypervisor.start(process.execPath, HANG_FOLDER, folder)
    await Promise.race([once(storage.stdout ?? storage, 'data'), once(storage, 'exit')])
    skip(storage.exitCode !== null, 'this kernel has no file systems in user space')
    const collector = hypervisor.startCollector('--interval', '1')
    await until('five reports', async () => countReports() >= 5)
    const report = hypervisor.readSpool().at(-1)
    expect(report?.namespaces.flatMap(({ senders }) => senders)).toHaveLength(daemons.length)
    const error = expect.stringMatching(/radvd \(\d+\): no answer within 500 ms, so the read hangs; /)
    expect(report?.runs.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { probe: 'configurations', error },
    ])
    expect(await collector.stop()).toBe(0)
  })

  test('sees a leak grow from one report to the next', async () => {
    const vm = await hypervisor.startVm('-name', 'churner')
    await hypervisor.startRadvd(['tap1', 'tap2', 'tap3'])
    const collector = hypervisor.startCollector('--interval', '1')
    for (const round of [1, 2]) {
      await vm.ask('open', 'tap1', 'tap2', 'tap3')
      await hypervisor.raiseServed(['tap1', 'tap2', 'tap3'])
      await vm.ask('close', 'tap1', 'tap2', 'tap3')
      await until(`${3 * round} stale memberships are reported`, async () => {
        const socket = hypervisor.readSpool().at(-1)?.namespaces[0]?.senders[0]?.sockets[0]
        return socket?.optmemBytes === 168 * round && socket.staleInterfaceIndexes?.length === 3 * round
      })
    }
    expect(await collector.stop()).toBe(0)
    const counts = hypervisor
      .readSpool()
      .map(({ namespaces }) => namespaces[0]?.senders[0]?.sockets[0]?.staleInterfaceIndexes?.length ?? 0)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.at(-1)).toBe(6)
  })
})
