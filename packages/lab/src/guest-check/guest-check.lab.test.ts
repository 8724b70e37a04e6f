import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { prepareKernel } from '../qemu/prepare-kernel.ts'
import { unable } from '../qemu/unable.ts'
import { checkSituation, situations } from './situations.ts'
import { type GuestStage, startStage } from './start-stage.ts'

describe.skipIf(unable)('a Linux guest in QEMU with a real agent and a route from a real radvd', () => {
  let hypervisor: Hypervisor
  let stage: GuestStage
  beforeAll(async () => {
    hypervisor = await startHypervisor({ name: 'guest-check-test', routeLifetimeSeconds: 9 })
    stage = await startStage(hypervisor, await prepareKernel())
  })
  afterAll(() => hypervisor?.dispose())

  const listed = () => stage.machine.run('ip', ['-6', 'route', 'show', 'default'])

  test('runs another kernel, which made the route from an advertisement', async () => {
    expect(await stage.machine.run('uname', ['-r'])).toMatch(/^6\.1\.\d+-\d+-cloud-amd64\n$/)
    await expect.poll(listed, { interval: 500 }).toMatch(/^default via fe80::\S+ dev eth0 proto ra .* expires \d+sec/)
  })

  test.each(situations)('$sentence The agent says $agent, the probe $probe', async (situation) => {
    await situation.arrange(stage)
    const { agent, probe } = await checkSituation(stage, situation)
    const vm = { name: 'vm-101', uuid: stage.machine.uuid }
    expect(agent).toMatchObject({ vm, defaultRoute: situation.agent })
    expect(probe).toMatchObject({ vm, defaultRoute: situation.probe, reason: REASONS[situation.probe] })
    const { lines, left } = LISTED[situation.agent]
    expect(await listed()).toMatch(lines)
    expect(agent?.expiresInSeconds).toSatisfy(left)
  })
})

// Only the lifetime distinguishes an expired route from a good route.
const LISTED = {
  present: {
    lines: /^default via fe80::/,
    left: (seconds?: number | null) => typeof seconds === 'number' && seconds > 0 && seconds <= 9,
  },
  expired: {
    lines: /^default via fe80::.* expires (0|-\d+)sec/,
    left: (seconds?: number | null) => typeof seconds === 'number' && seconds <= 0,
  },
  absent: { lines: /^$/, left: (seconds?: number | null) => seconds === null },
  unknown: { lines: /^$/, left: (seconds?: number | null) => seconds === null },
}

const REASONS = {
  present: null,
  expired: null,
  absent: expect.stringMatching(/^the VM answers on-link.*, and not off-link$/),
  unknown: expect.stringContaining('neither off-link nor on-link'),
}
