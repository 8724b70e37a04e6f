import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectGuest, until } from '@slashzero/lab/testing'
import { expect } from 'vitest'
import type { Situation, Stage } from './stage.ts'
import { CHURN, OLD_KERNEL, OTHERS, setStage, STEADY } from './stage.ts'

/** Bytes for 21 memberships, without room for a send. */
const FULL = 1200

export const fullByLeak: Situation = {
  name: 'serve a tap again if a leak fills the socket',
  async play(context) {
    const stage = await setStage(context, [...OTHERS, ...CHURN])
    context.skip(!(await leak(stage)), OLD_KERNEL)
    await stage.addTap('tap102')
    const ran = await stage.obey()
    expect(ran.map(({ command }) => command)).toEqual([
      'sysctl -w net.core.optmem_max=131072',
      `radvd -c -C ${stage.path} && kill -HUP ${stage.pid}`,
    ])
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

/** Fills radvd's socket with memberships of taps that are gone. */
async function leak(stage: Stage): Promise<boolean> {
  const churner = await stage.startVm('-name', 'churner')
  await churner.ask('open', ...CHURN)
  await stage.raiseServed(CHURN)
  await churner.ask('close', ...CHURN)
  return stage.setLimit(FULL)
}

export const fullOfLiveTaps: Situation = {
  name: 'serve a tap where live taps fill the socket',
  async play(context) {
    const stage = await setStage(context, OTHERS)
    await stage.addTap('tap102')
    await stage.raiseServed(['tap102'])
    context.skip(!(await stage.setLimit(120)), OLD_KERNEL)
    await stage.addTap('tap103')
    const ran = await stage.obey()
    await stage.awaitStatus('tap103', 'served')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const missingEntry: Situation = {
  name: 'serve a tap that the configuration did not name',
  async play(context) {
    const stage = await setStage(context, [])
    await stage.addTap('tap102')
    const diagnosis = await stage.awaitStatus('tap102', 'not-joined')
    await stage.obey(diagnosis)
    expect(diagnosis.findings.flatMap(({ steps }) => steps.map(({ why }) => why))).toContainEqual(
      `add tap102 to ${stage.path}, with the settings of the other interfaces`,
    )
    stage.configure((text) => `${text}${text.replaceAll(STEADY, 'tap102')}`)
    const ran = await stage.obey()
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const refusedConfiguration: Situation = {
  name: 'leave radvd alone if radvd refuses its configuration',
  async play(context) {
    const stage = await setStage(context, OTHERS)
    await stage.addTap('tap105')
    stage.configure((text) => `${text}interface tap105 { AdvSendAdvert on };\n`)
    const diagnosis = await stage.awaitStatus('tap105', 'not-joined')
    const ran = await stage.obey(diagnosis)
    expect(diagnosis.findings).toContainEqual(
      expect.objectContaining({
        level: 'at-risk',
        problem: expect.stringContaining(`radvd refuses its configuration: ${stage.path}:5: `),
      }),
    )
    const check = ran.find(({ command }) => command === `radvd -c -C ${stage.path}`)
    expect(check).toMatchObject({ exit: 1, output: expect.stringContaining(`${stage.path}:5 error`) })
    expect(ran.find(({ action }) => action === 'show-entry')?.output).toContain('interface tap105')
    expect(ran.filter(({ command }) => /kill|restart/.test(command))).toEqual([])
    expect(await stage.run('pgrep', '-o', 'radvd')).toBe(`${stage.pid}\n`)
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const ipv6Off: Situation = {
  name: 'turn on IPv6 on a tap',
  async play(context) {
    const stage = await setStage(context, OTHERS)
    await stage.run('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1')
    await stage.addTap('tap102')
    const ran = await stage.obey(await stage.awaitStatus('tap102', 'not-joined'))
    await stage.awaitStatus('tap102', 'served')
    expect(ran.find(({ action }) => action === 'show-addresses')?.output).toContain('inet6 fe80:')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const forwardingOff: Situation = {
  name: 'turn on forwarding on one tap alone',
  async play(context) {
    const stage = await setStage(context, OTHERS)
    await stage.run('sysctl', '-qw', `net.ipv6.conf.${STEADY}.forwarding=0`, 'net.ipv6.conf.lo.forwarding=0')
    const ran = await stage.obey()
    expect(await stage.run('sysctl', '-n', `net.ipv6.conf.${STEADY}.forwarding`)).toBe('1\n')
    expect(await stage.run('sysctl', '-n', 'net.ipv6.conf.lo.forwarding')).toBe('0\n')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const unanswered: Situation = {
  name: 'show the solicitations that radvd does not answer',
  async play(context) {
    const stage = await setStage(context, [])
    const silence = (text: string) => `${text}interface tap102 { IgnoreIfMissing on; AdvSendAdvert off; };\n`
    stage.configure(silence)
    await stage.run('kill', '-HUP', stage.pid)
    const vm = await stage.startVm('-name', 'asking')
    await vm.ask('open', 'tap102')
    await stage.raiseServed(['tap102'])
    const asking = setInterval(() => void vm.ask('solicit', 'tap102'), 1000)
    context.onTestFinished(() => clearInterval(asking))
    const diagnosis = await stage.awaitStatus('tap102', 'unanswered-solicitations')
    stage.configure((text) => text.replace('AdvSendAdvert off', 'AdvSendAdvert on'))
    const ran = await stage.obey(diagnosis)
    clearInterval(asking)
    const { output = '' } = ran.find(({ action }) => action === 'show-solicitations') ?? {}
    expect(output.match(/ff02::2: ICMP6, router solicitation/g)?.length).toBeGreaterThan(5)
    await stage.awaitStatus('tap102', 'served')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

/** The guest's agent listens in a folder that guest and hypervisor share. */
export const deafGuest: Situation = {
  name: 'show in a guest that the guest ignores the router',
  async play(context) {
    const stage = await setStage(context, OTHERS)
    const folder = mkdtempSync(join(tmpdir(), 'slashzero-guest-'))
    context.onTestFinished(() => rmSync(folder, { recursive: true }))
    const socket = join(folder, 'agent.sock')
    const channel = ['-device', 'virtserialport,chardev=qga,name=org.qemu.guest_agent.0']
    const vm = await stage.startVm('-name', 'deaf', '-chardev', `socket,path=${socket},server=on,id=qga`, ...channel)
    const guest = await connectGuest(stage, vm, 'tap102', 'cable102')
    context.onTestFinished(() => guest.remove())
    await guest.run('sysctl', '-qw', 'net.ipv6.conf.cable102.accept_ra_defrtr=0')
    guest.start('qemu-ga', '-m', 'unix-listen', '-p', socket, '-t', folder, '-f', join(folder, 'pid'))
    await stage.raiseServed(['tap102'])
    await until('doctor sees that the guest has no route', async () =>
      (await stage.diagnose()).vms.some(({ name, route }) => name === 'deaf' && route.status === 'missing'),
    )
    const ran = await stage.obey(undefined, guest)
    const { output = '' } = ran.find(({ action }) => action === 'show-guest') ?? {}
    expect(output).toContain('/cable102/accept_ra_defrtr:0\n')
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}

export const readOnlyState: Situation = {
  name: 'show the file system of a state directory that cannot be written',
  async play(context) {
    const stage = await setStage(context, [])
    const folder = '/var/lib/slashzero-collector'
    await stage.run(
      'sh',
      '-ec',
      `mount -n -t tmpfs none /var/lib; mkdir ${folder}; mount -n -t tmpfs -o ro none ${folder}`,
    )
    const ran = await stage.obey()
    const { output = '' } = ran.find(({ action }) => action === 'show-file-system') ?? {}
    expect(output).toMatch(/^\/var\/lib\/slashzero-collector\s+none\s+tmpfs\s+ro/m)
    expect(await stage.readHarm()).toEqual([])
    return ran
  },
}
