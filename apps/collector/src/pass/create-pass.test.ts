import { fileURLToPath } from 'node:url'
import { report } from '@slashzero/contract/report'
import type { RouteCheckReport } from '@slashzero/contract/report'
import { goldenJson, goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import type { Vm } from '../probes/process/identify-vms.ts'
import { toRun } from '../probes/to-run.ts'
import { toRouteCheck } from '../route-checks/route-checker.ts'
import type { RouteChecker } from '../route-checks/route-checker.ts'
import { stoppedClock } from '../testing/fake-clock.ts'
import { SystemError } from '../io/kernel.ts'
import { readHost } from '../host/read-host.ts'
import { readChangedBy } from '../testing/read-changed-by.ts'
import { replayKernel } from '../testing/replay-kernel.ts'
import { createPass } from './create-pass.ts'

const recorded = fileURLToPath(new URL('../../fixtures/hypervisor', import.meta.url))

const NOW = Date.UTC(2026, 0, 1)
const PRESENT = { state: 'present', reason: null, expiresInSeconds: 9 } as const

function asking(answer: (vms: readonly Vm[]) => RouteCheckReport[]): RouteChecker {
  return {
    check: async ({ vms }) => ({ routeChecks: answer(vms), run: toRun('guest-routes', 0, []) }),
    close: () => undefined,
  }
}

function passOver(folder: string, kernel = replayKernel(folder)): ReturnType<typeof createPass> {
  return createPass({
    kernel,
    host: readHost(kernel, '0.1.0', { site: 'par1' }),
    clock: stoppedClock({ wall: () => NOW, steady: () => NOW }),
    searchMilliseconds: 1000,
    routeCheckers: [
      asking((vms) =>
        vms.map(({ name, uuid, agentSocketPath }) => ({
          vm: { name, uuid },
          method: 'guest-agent',
          checkedAt: '2026-01-01T00:00:00.000Z',
          defaultRoute: name === 'vm-101' ? 'present' : 'absent',
          reason: `asked on ${agentSocketPath}`,
          gateway: name === 'vm-101' ? 'fe80::1' : null,
          expiresInSeconds: name === 'vm-101' ? 1790 : null,
        })),
      ),
    ],
  })
}

test('the recorded hypervisor gives the golden report', async () => {
  const made = await passOver(recorded)()
  expect(made).toEqual(goldenJson())
  expect(report.parse(made)).toEqual(made)
})

test('a second pass at once gives the same report with a higher sequence', async () => {
  const pass = passOver(recorded)
  const first = await pass()
  expect(await pass()).toEqual({ ...first, sequence: first.sequence + 1 })
})

test('a tap without changes is the same object in the next report, and a changed tap is another', async () => {
  const kernel = replayKernel(recorded)
  let users = 2
  const readText: typeof kernel.readText = (path) => {
    const text = kernel.readText(path)
    if (!path.endsWith('/igmp6')) return text
    return text.replace(/^(\d+ +tap101 +ff020000000000000000000000000002 +)\d+/m, `$1${users}`)
  }
  const pass = passOver(recorded, { ...kernel, readText, readChanged: readChangedBy(readText) })
  const tapsOf = async () => (await pass()).namespaces.map(({ taps }) => taps)
  const first = await tapsOf()
  const second = await tapsOf()
  expect(second.every((taps, index) => taps === first[index])).toBe(true)
  users = 3
  const third = (await tapsOf()).flat()
  const changed = third.filter((tap, index) => tap !== first.flat()[index])
  expect(changed).toMatchObject([{ name: 'tap101', allRoutersUsers: 3 }])
})

test('names an unreadable namespace that had taps, until it is readable or gone', async () => {
  const kernel = replayKernel(recorded)
  let hangs = false
  const dumpLinks: typeof kernel.dumpLinks = (parse) => {
    if (hangs) throw new SystemError('recv', 'EAGAIN')
    return kernel.dumpLinks(parse)
  }
  const pass = passOver(recorded, { ...kernel, dumpLinks })
  const { namespaces, unreadNamespaces } = await pass()
  expect(unreadNamespaces).toBeUndefined()
  hangs = true
  const unread = namespaces.map(({ id, name }) => ({ id, name, reason: 'its interfaces could not be read' }))
  for (let time = 0; time < 2; time += 1) {
    const made = await pass()
    expect(made.unreadNamespaces).toEqual(unread)
    expect(report.parse(made)).toEqual(made)
  }
  hangs = false
  expect((await pass()).unreadNamespaces).toBeUndefined()
})

test("two VMs with one uuid do not get each other's route", async () => {
  const kernel = replayKernel(recorded)
  const readTextAsync: typeof kernel.readTextAsync = async (path) =>
    kernel.readTextAsync(path.replace(/^\/proc\/27\/cmdline$/, '/proc/26/cmdline'))
  const made = await passOver(recorded, { ...kernel, readTextAsync })()
  const vm = goldenReport().routeChecks[0]?.vm
  const unknown = { vm, defaultRoute: 'unknown', reason: 'several VMs here have this uuid', gateway: null }
  expect(made.routeChecks).toMatchObject([unknown, unknown])
})

test.each([5, -5])('setting the clock by %i hours during a pass changes no age', async (hours) => {
  let passed = 0
  let set = 0
  const kernel = replayKernel(recorded)
  const pass = createPass({
    kernel,
    host: readHost(kernel, '0.1.0', {}),
    clock: { wall: () => NOW + passed + set, steady: () => NOW + passed, monotonic: () => passed },
    searchMilliseconds: 1000,
    routeCheckers: [
      asking(([vm]) => {
        passed += 3000
        set = hours * 3_600_000
        return [toRouteCheck({ name: vm?.name ?? '', uuid: null }, 'guest-agent', PRESENT, NOW)]
      }),
    ],
  })
  for (const seconds of [0, 60]) {
    passed = seconds * 1000
    const { observedAt, sentAt, routeChecks } = await pass()
    expect(Date.parse(sentAt) - Date.parse(observedAt)).toBe(3000)
    expect(Date.parse(observedAt) - Date.parse(routeChecks[0]?.checkedAt ?? '')).toBe(seconds * 1000)
  }
})
