import { readFileSync, writeFileSync } from 'node:fs'
import { connectGuest, startBareHypervisor, until } from '@slashzero/lab/testing'
import { describe, expect, test } from 'vitest'
import type { Diagnosis } from './diagnosis.ts'

const STEADY = 'tap101'
const OTHERS = ['tap102', 'tap103', 'tap104']
/** radvd joins on these taps and then finds them gone. */
const CHURN = Array.from({ length: 20 }, (_, index) => `churn${index}`)
/** Bytes for 21 memberships, without room for a send. */
const FULL = 1200
const OLD_KERNEL = 'a namespace has no limit of its own before Linux 6.8'

type Stage = Awaited<ReturnType<typeof setStage>>

/**
 * A hypervisor with a radvd for these interfaces and one VM, the steady VM, that has nothing to do with the situations
 * of the tests. The routes of radvd outlast a test.
 */
async function setStage(onTestFinished: (end: () => Promise<void>) => void, served: readonly string[]) {
  const hypervisor = await startBareHypervisor()
  onTestFinished(() => hypervisor.remove())
  const guest = await connectGuest(hypervisor, await hypervisor.startVm('-name', 'steady'), STEADY, 'cable101')
  onTestFinished(() => guest.remove())
  await hypervisor.startRadvd([STEADY, ...served])
  // A radvd that has joined is past its start, during which SIGHUP would end it.
  await hypervisor.raiseServed([STEADY])
  const [line = ''] = (await hypervisor.run('pgrep', '-oa', 'radvd')).split('\n')
  const [, pid = '', path = ''] = /^(\d+) .* -C (\S+)/.exec(line) ?? []
  const configure = (change: (text: string) => string) => writeFileSync(path, change(readFileSync(path, 'utf8')))
  configure((text) => text.replaceAll('MaxRtrAdvInterval 4;', 'MaxRtrAdvInterval 4; AdvDefaultLifetime 600;'))
  await hypervisor.run('kill', '-HUP', pid)
  const hasRoute = async () => (await guest.run('ip', '-6', 'route', 'show', 'default')).includes('via fe80:')
  await until('the steady VM has its route', hasRoute)
  let changes = ''
  guest
    .start('ip', '-6', 'monitor', 'route')
    .stdout?.setEncoding('utf8')
    .on('data', (text: string) => (changes += text))

  const diagnose = async (): Promise<Diagnosis> => {
    const command = ['"$@" --json || [ $? -lt 4 ]', '-', ...hypervisor.collector, 'doctor']
    return JSON.parse(await hypervisor.run('sh', '-c', ...command))
  }
  return {
    ...hypervisor,
    pid,
    path,
    configure,
    /** Opens and raises a tap that belongs to another VM. */
    async addTap(name: string): Promise<void> {
      const vm = await hypervisor.startVm('-name', `owner-of-${name}`)
      await vm.ask('open', name)
      await hypervisor.run('ip', 'link', 'set', name, 'up')
    },
    /** Runs each command of each finding in the order that doctor prints; out: what doctor printed. */
    async obey(): Promise<Diagnosis> {
      const diagnosis = await diagnose()
      for (const { command } of diagnosis.findings.flatMap(({ steps }) => steps)) {
        if (command !== null) await hypervisor.run('sh', '-c', `{ ${command}; } >/dev/null 2>&1 || true`)
      }
      return diagnosis
    },
    async awaitStatus(name: string, status: string): Promise<void> {
      const isReached = async () => {
        const { namespaces } = await diagnose()
        return namespaces.some(({ taps }) => taps.some((tap) => tap.name === name && tap.status === status))
      }
      await until(`${name} is ${status}`, isReached, 40)
    },
    /** What has happened to the route of the steady VM; empty if it never went. */
    async readHarm(): Promise<string[]> {
      const removals = changes.split('\n').filter((change) => change.startsWith('Deleted default'))
      return (await hasRoute()) ? removals : [...removals, 'the route is missing']
    },
  }
}

function commandsOf({ findings }: Diagnosis): (string | null)[] {
  return findings.flatMap(({ steps }) => steps.map(({ command }) => command))
}

/** Fills radvd's socket with memberships of taps that are gone. */
async function leak(stage: Stage): Promise<boolean> {
  const churner = await stage.startVm('-name', 'churner')
  await churner.ask('open', ...CHURN)
  await stage.raiseServed(CHURN)
  await churner.ask('close', ...CHURN)
  return stage.setLimit(FULL)
}

// Each test makes a situation, runs the commands that doctor prints there as an administrator would, and watches
// another VM's default route.
describe.skipIf(process.getuid?.() !== 0).concurrent('the commands of doctor', () => {
  test('serve a tap again if a leak fills the socket', async ({ skip, onTestFinished }) => {
    const stage = await setStage(onTestFinished, [...OTHERS, ...CHURN])
    skip(!(await leak(stage)), OLD_KERNEL)
    await stage.addTap('tap102')
    expect(commandsOf(await stage.obey())).toEqual([
      'sysctl -w net.core.optmem_max=131072',
      `radvd -c -C ${stage.path} && kill -HUP ${stage.pid}`,
      null,
      null,
    ])
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('take no route away by a kill and a new start of radvd', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished, [])
    // The part of the restart that needs no systemd.
    await stage.run('kill', '-KILL', stage.pid)
    await stage.startRadvd([STEADY])
    await stage.raiseServed([STEADY])
    await stage.awaitStatus(STEADY, 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('raise the limit in the namespace of the sender', async ({ skip, onTestFinished }) => {
    const stage = await setStage(onTestFinished, [])
    const inside = ['ip', 'netns', 'exec', 'router']
    await stage.run('ip', 'netns', 'add', 'router')
    const vm = await stage.startVm('-name', 'routed')
    await vm.ask('open', 'tap102', 'tap103')
    for (const name of ['tap102', 'tap103']) await stage.run('ip', 'link', 'set', name, 'netns', 'router')
    await stage.startRadvd(['tap102', 'tap103'], inside)
    await stage.run(...inside, 'ip', 'link', 'set', 'tap102', 'up')
    await stage.awaitStatus('tap102', 'served')
    skip(!(await stage.setLimit(20_480)), OLD_KERNEL)
    await stage.run(...inside, 'sysctl', '-qw', 'net.core.optmem_max=110')
    await stage.run(...inside, 'ip', 'link', 'set', 'tap103', 'up')
    expect(commandsOf(await stage.obey())).toContain('ip netns exec router sysctl -w net.core.optmem_max=131072')
    await stage.awaitStatus('tap103', 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('serve a tap where live taps fill the socket', async ({ skip, onTestFinished }) => {
    const stage = await setStage(onTestFinished, OTHERS)
    await stage.addTap('tap102')
    await stage.raiseServed(['tap102'])
    skip(!(await stage.setLimit(120)), OLD_KERNEL)
    await stage.addTap('tap103')
    await stage.obey()
    await stage.awaitStatus('tap103', 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('serve a tap that the configuration did not name', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished, [])
    await stage.addTap('tap102')
    await stage.awaitStatus('tap102', 'not-joined')
    const { findings } = await stage.obey()
    expect(findings.flatMap(({ steps }) => steps.map(({ why }) => why))).toContainEqual(
      `add tap102 to ${stage.path}, with the settings of the other interfaces`,
    )
    stage.configure((text) => `${text}${text.replaceAll(STEADY, 'tap102')}`)
    await stage.obey()
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('leave radvd alone if radvd refuses its configuration', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished, OTHERS)
    await stage.addTap('tap105')
    stage.configure((text) => `${text}interface tap105 { AdvSendAdvert on };\n`)
    await stage.awaitStatus('tap105', 'not-joined')
    const diagnosis = await stage.obey()
    expect(diagnosis.findings).toContainEqual(
      expect.objectContaining({
        level: 'at-risk',
        problem: expect.stringContaining(`radvd refuses its configuration: ${stage.path}:5: `),
      }),
    )
    const commands = commandsOf(diagnosis)
    expect(commands).toContain(`radvd -c -C ${stage.path}`)
    expect(commands.filter((command) => command !== null && /kill|restart/.test(command))).toEqual([])
    expect(await stage.run('pgrep', '-o', 'radvd')).toBe(`${stage.pid}\n`)
    expect(await stage.readHarm()).toEqual([])
  })

  test('turn on IPv6 on a tap', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished, OTHERS)
    await stage.run('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1')
    await stage.addTap('tap102')
    await stage.awaitStatus('tap102', 'not-joined')
    await stage.obey()
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
  })

  test('turn on forwarding on one tap alone', async ({ onTestFinished }) => {
    const stage = await setStage(onTestFinished, OTHERS)
    await stage.run('sysctl', '-qw', `net.ipv6.conf.${STEADY}.forwarding=0`, 'net.ipv6.conf.lo.forwarding=0')
    expect(commandsOf(await stage.obey())).toContain(`sysctl -w net/ipv6/conf/${STEADY}/forwarding=1`)
    expect(await stage.run('sysctl', '-n', `net.ipv6.conf.${STEADY}.forwarding`)).toBe('1\n')
    expect(await stage.run('sysctl', '-n', 'net.ipv6.conf.lo.forwarding')).toBe('0\n')
    expect(await stage.readHarm()).toEqual([])
  })
})
