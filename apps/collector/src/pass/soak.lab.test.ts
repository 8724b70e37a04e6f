import { fileURLToPath } from 'node:url'
import { report as schema } from '@slashzero/contract/report'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const SOAK = fileURLToPath(new URL('../testing/soak-passes.ts', import.meta.url))
const TAPS = ['tap1', 'tap2', 'tap3', 'tap4']
/** Simulates the process of QEMU with a guest agent that accepts connections and never answers. */
const GUEST = 'require("net").createServer(() => {}).listen(process.argv[1])'

describe.skipIf(process.getuid?.() !== 0)('passes while taps, VMs and namespaces come and go', () => {
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    hypervisor = await startBareHypervisor()
  })
  afterEach(() => hypervisor.remove())

  test('leave no descriptor open after 500 of them', async () => {
    const vm = await hypervisor.startVm('-name', 'churner')
    await hypervisor.startRadvd(TAPS)
    const over = new AbortController()
    const soaking = hypervisor.run(process.execPath, SOAK, '500').finally(() => over.abort())
    let rounds = 0
    for (; !over.signal.aborted; rounds += 1) {
      const socket = `/run/guest-${rounds}.qga`
      const device = `socket,id=qga0,path=${socket},server=on,wait=off`
      const guest = hypervisor.start(
        'bash',
        '-c',
        'exec -a qemu-system-x86_64 "$@"',
        '-',
        process.execPath,
        '-e',
        GUEST,
        socket,
        '-name',
        `guest-${rounds}`,
        '-chardev',
        device,
        '-device',
        'virtserialport,chardev=qga0,name=org.qemu.guest_agent.0',
      )
      await vm.ask('open', ...TAPS)
      for (const tap of TAPS) await hypervisor.run('ip', 'link', 'set', tap, 'up')
      await vm.ask('close', ...TAPS)
      guest.kill('SIGKILL')
      await hypervisor.run('sh', '-c', 'ip netns add r && ip -n r link set lo up; ip netns del r')
    }
    const { early, late, report } = JSON.parse(await soaking)
    expect(rounds).toBeGreaterThan(5)
    expect(late - early).toBeLessThan(4)
    expect(schema.parse(report).runs.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  })

  test('treat hostile names and command lines of VMs as text', async () => {
    const names = [`\u001b[2J\n"'<b>\u202e`, 'x'.repeat(100_000), 'guest=,,,=,', '', '../../etc/passwd']
    const vms = await Promise.all(
      names.map((name) =>
        hypervisor.startVm('-name', name, '-uuid', 'no-uuid', ...Array.from({ length: 500 }, () => '-name')),
      ),
    )
    for (const [index, vm] of vms.entries()) await vm.ask('open', `tap${index}`)
    await until('all five are seen', async () => (await hypervisor.collect()).namespaces[0]?.taps.length === 5)
    const { namespaces } = await hypervisor.collect()
    const owners = namespaces[0]?.taps.map(({ name, vm }) => `${name} ${vm?.pid === undefined ? 'nobody' : 'somebody'}`)
    expect(owners?.toSorted()).toEqual(names.map((_, index) => `tap${index} somebody`))
    const shown = namespaces[0]?.taps.map(({ vm }) => vm?.name)
    expect(shown).toEqual([
      '␛[2J␊"\'<b>\ufffd',
      'x'.repeat(255),
      ',',
      expect.stringMatching(/^qemu-\d+$/),
      '../../etc/passwd',
    ])
  })
})
