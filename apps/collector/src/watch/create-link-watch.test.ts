import { readFileSync } from 'node:fs'
import type { TapReport } from '@slashzero/contract/report'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildReport } from '@slashzero/contract/testing'
import { systemClock } from '../clock.ts'
import { SystemError } from '../io/kernel.ts'
import { fakeKernel } from '../testing/fake-kernel.ts'
import { fakeLinkSockets } from '../testing/fake-link-sockets.ts'
import { sampleTap } from '../testing/sample-tap.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import { createLinkWatch } from './create-link-watch.ts'

const OWN: Namespace = { id: 1, name: null, entrance: null, tables: null }
const ROUTER: Namespace = { id: 2, name: 'qrouter-2', entrance: '/run/netns/qrouter-2', tables: null }
const recorded = new URL('../../../../packages/linux/fixtures/netlink/link-events.hex', import.meta.url)
const [tapEvent = ''] = readFileSync(recorded, 'utf8').split('\n')

/** The recorded announcement of a tap, changed to another interface; `tun` is its kind. */
function announcement(ifindex: number, kind = 'tun'): Uint8Array {
  const bytes = Buffer.from(tapEvent, 'hex')
  bytes.writeInt32LE(ifindex, 20)
  bytes.write(kind, bytes.indexOf('tun\0'), 'latin1')
  return bytes
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A watch of a namespace with these taps that is quiet after its first two passes; now is 10 s. */
async function start(taps: readonly TapReport[] = [], files: Record<string, string> = {}) {
  const fake = fakeLinkSockets()
  const kernel = fakeKernel(files, {
    inNamespace: () => {
      throw new SystemError('setns', 'EPERM')
    },
  })
  const watch = createLinkWatch({ kernel, sockets: fake.sockets, clock: systemClock })
  const pass = (report = buildReport(0, { taps }), namespaces = [OWN]) => {
    const beganAt = performance.now()
    watch.follow(namespaces)
    const run = watch.takeRun()
    watch.passed(report, beganAt)
    return run
  }
  const isWanted = () => watch.wanted().aborted
  /** The time from now until a pass is wanted, in steps of 10 ms; Infinity for more than 20 s. */
  const untilWanted = async () => {
    for (let waited = 0; waited <= 20_000; waited += 10) {
      if (isWanted()) return waited
      await vi.advanceTimersByTimeAsync(10)
    }
    return Infinity
  }
  pass()
  await vi.advanceTimersByTimeAsync(5000)
  pass()
  await vi.advanceTimersByTimeAsync(5000)
  const [socket = 0] = fake.isOpen
  const announce = (...datagrams: Uint8Array[]) => fake.announce(socket, { datagrams })
  const announceLoss = () => fake.announce(socket, { lost: true })
  const stop = async () => {
    const stopped = watch.stop()
    await vi.advanceTimersByTimeAsync(100)
    await stopped
  }
  return { isOpen: fake.isOpen, watch, pass, isWanted, untilWanted, announce, announceLoss, stop }
}

describe('a pass is wanted early', () => {
  test('once after the start, for events before the socket was open', async () => {
    const { sockets } = fakeLinkSockets()
    const watch = createLinkWatch({ kernel: fakeKernel({}), sockets, clock: systemClock })
    await vi.advanceTimersByTimeAsync(10)
    const beganAt = performance.now()
    await vi.advanceTimersByTimeAsync(1)
    watch.follow([OWN])
    watch.passed(buildReport(0, { taps: [] }), beganAt)
    expect(watch.wanted().aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(watch.wanted().aborted).toBe(true)
  })

  test('a moment after a tap came, otherwise only in its turn', async () => {
    const quiet = await start()
    expect(await quiet.untilWanted()).toBe(Infinity)
    quiet.announce(announcement(7))
    expect(await quiet.untilWanted()).toBeLessThanOrEqual(200)
  })

  test('at most once a second, however many taps come', async () => {
    const { announce, pass, isWanted } = await start()
    let passes = 0
    for (let tap = 0; tap < 500; tap += 1) {
      announce(announcement(100 + tap), announcement(100 + tap))
      await vi.advanceTimersByTimeAsync(10)
      if (!isWanted()) continue
      passes += 1
      pass()
    }
    expect(passes).toBeGreaterThanOrEqual(4)
    expect(passes).toBeLessThanOrEqual(6)
  })

  test('once for a hundred taps at once', async () => {
    const { announce, pass, untilWanted } = await start()
    announce(...Array.from({ length: 100 }, (_, index) => announcement(100 + index)))
    expect(await untilWanted()).toBeLessThanOrEqual(200)
    pass()
    expect(await untilWanted()).toBe(Infinity)
  })

  test('for at most a tenth of the time if passes cost much', async () => {
    const { announce, pass, untilWanted } = await start()
    announce(announcement(7))
    await untilWanted()
    pass(buildReport(0, { taps: [], runs: [{ probe: 'links', outcome: 'ok', milliseconds: 400, error: null }] }))
    announce(announcement(8))
    const waited = await untilWanted()
    expect(waited).toBeGreaterThanOrEqual(3990)
    expect(waited).toBeLessThanOrEqual(4010)
  })

  test('for events during a pass', async () => {
    const { announce, watch, untilWanted } = await start()
    announce(announcement(6))
    await untilWanted()
    const beganAt = performance.now()
    await vi.advanceTimersByTimeAsync(20)
    announce(announcement(7))
    await vi.advanceTimersByTimeAsync(100)
    watch.passed(buildReport(0, { taps: [] }), beganAt)
    expect(await untilWanted()).toBeLessThanOrEqual(1000)
  })

  test('only for taps and for interfaces of the last report', async () => {
    const { announce, untilWanted } = await start([sampleTap(9, { kind: 'veth', allRoutersUsers: 2 })])
    announce(announcement(7, 'wg0'))
    expect(await untilWanted()).toBe(Infinity)
    announce(announcement(9, 'wg0'))
    expect(await untilWanted()).toBeLessThanOrEqual(200)
  })

  describe('if a solicitation comes on an old tap', () => {
    const counters = (solicits: number, adverts: number) =>
      `ifIndex\t7\nIcmp6InRouterSolicits\t${solicits}\nIcmp6InRouterAdvertisements\t0\nIcmp6OutRouterAdvertisements\t${adverts}\n`
    const startSolicited = async () => {
      const files: Record<string, string> = {}
      const count = (solicits: number, adverts: number) => {
        files['/proc/thread-self/net/dev_snmp6/tap7'] = counters(solicits, adverts)
        files['/proc/thread-self/net/snmp6'] = `Ip6InReceives\t9\nIcmp6InRouterSolicits\t${solicits}\n`
      }
      count(0, 4)
      const watched = await start([sampleTap(7, { allRoutersUsers: 2, routerAdvertsOut: 4 })], files)
      expect(await watched.untilWanted()).toBe(Infinity)
      return { ...watched, count }
    }

    test('and its sender is silent, after the time to answer', async () => {
      const { count, untilWanted } = await startSolicited()
      count(1, 4)
      const waited = await untilWanted()
      expect(waited).toBeGreaterThanOrEqual(500)
      expect(waited).toBeLessThanOrEqual(1150)
    })

    test('and is answered in time, never', async () => {
      const { count, untilWanted } = await startSolicited()
      count(1, 4)
      await vi.advanceTimersByTimeAsync(450)
      count(1, 5)
      expect(await untilWanted()).toBe(Infinity)
    })
  })

  test('unreadable solicitation counters are reported', async () => {
    const { pass } = await start([sampleTap(7)], { '/proc/thread-self/net/snmp6': 'Ip6InReceives\t9\n' })
    expect(pass()).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('snmp6:2: expected a line Icmp6InRouterSolicits'),
    })
  })
})

test('lost or broken announcements want a pass and are reported once', async () => {
  const { announceLoss, announce, pass, untilWanted } = await start()
  announceLoss()
  expect(await untilWanted()).toBeLessThanOrEqual(200)
  expect(pass()).toMatchObject({
    outcome: 'failed',
    error: expect.stringMatching(/^announcements of interfaces were lost once since/),
  })
  expect(pass()).toMatchObject({ probe: 'link-events', outcome: 'ok', error: null })
  announce(new Uint8Array(7))
  expect(await untilWanted()).toBeLessThanOrEqual(1100)
  expect(pass()).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('RTMGRP_LINK:0: expected a netlink message'),
  })
})

test('after a stop no socket is open and no pass is wanted', async () => {
  const { stop, isOpen, announce, untilWanted } = await start()
  await stop()
  announce(announcement(7))
  expect([isOpen.size, vi.getTimerCount(), await untilWanted()]).toEqual([0, 0, Infinity])
})

test('namespaces that cannot be entered are reported', async () => {
  const { pass } = await start()
  expect(pass(buildReport(0, { taps: [] }), [OWN, ROUTER])).toMatchObject({
    outcome: 'failed',
    error: 'a network namespace is not watched: needs CAP_SYS_ADMIN: setns: not permitted (EPERM)',
  })
  expect(pass()).toMatchObject({ outcome: 'ok', error: null })
})
