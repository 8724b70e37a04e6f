import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AdvertisementSockets, HeardPacket } from '../io/advertisement-sockets.ts'
import { MAX_READ } from '../io/advertisement-sockets.ts'
import { systemClock } from '../clock.ts'
import { SystemError } from '../io/kernel.ts'
import { fakeKernel } from '../testing/fake-kernel.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import { createAdvertisementWatch } from './create-advertisement-watch.ts'

const OWN: Namespace = { id: 1, name: null, entrance: null, tables: null }
const ROUTER: Namespace = { id: 2, name: 'qrouter-2', entrance: '/run/netns/qrouter-2', tables: null }
const recorded = new URL('../../../../packages/linux/fixtures/router-advertisement/', import.meta.url)
const [radvd = '', farewell = ''] = readFileSync(new URL('radvd.hex', recorded), 'utf8').split('\n')
const START = Date.parse('2026-01-01T10:00:00.000Z')

beforeEach(() => vi.useFakeTimers({ now: START }))
afterEach(() => vi.useRealTimers())

/**
 * A recorded advertisement that crosses an interface; `router` is the last byte of its source, for which the checksum
 * makes up.
 */
function packet(changed: Partial<HeardPacket> = {}, router = 1, bytes = radvd): HeardPacket {
  const [of, data] = [Buffer.from(bytes, 'hex'), Buffer.from(bytes, 'hex')]
  data[23] = router
  const checksum = of.readUInt16BE(42) + (of[23] ?? 0) - router
  data.writeUInt16BE(checksum < 0 ? checksum + 0xffff : checksum, 42)
  return { ifindex: 7, sent: true, linkAddress: '02:00:00:00:00:01', packet: data, ...changed }
}

function start(inNamespace?: () => never) {
  const open = new Set<number>()
  const heard = new Map<number, { packets: HeardPacket[]; lost: number }>()
  const listening: string[] = []
  const sockets: AdvertisementSockets = {
    open: () => {
      open.add(open.size + 100)
      return open.size + 99
    },
    close: (socket) => void open.delete(socket),
    findReadable: () => [...heard.keys()],
    read: (socket) => {
      const { packets = [], lost = 0 } = heard.get(socket) ?? {}
      heard.delete(socket)
      return { packets, lost }
    },
    listen: (_, to) => void listening.push(to),
    dispose: () => undefined,
  }
  const kernel = fakeKernel({}, inNamespace === undefined ? {} : { inNamespace })
  const watch = createAdvertisementWatch({ kernel, sockets, clock: systemClock })
  const follow = (taps: number[] = [7], namespaces = [OWN]) => {
    watch.follow(namespaces.map((namespace) => ({ namespace, taps: taps.map((ifindex) => ({ ifindex })) })))
  }
  const hear = async (packets: HeardPacket[], lost = 0) => {
    heard.set(100, { packets, lost })
    await vi.advanceTimersByTimeAsync(200)
  }
  follow()
  return { open, listening, watch, follow, hear, list: (ifindex = 7) => watch.list(1, ifindex) }
}

test('keeps the latest of each router and direction, with the time since the last', async () => {
  const { hear, list } = start()
  expect(list()).toEqual([])
  await hear([packet()])
  await vi.advanceTimersByTimeAsync(3800)
  await hear([packet(), packet({ sent: false, linkAddress: null }, 9)])
  expect(list()).toEqual([
    expect.objectContaining({
      source: 'fe80::ff:fe00:1',
      direction: 'sent',
      sincePreviousSeconds: 4,
      seenAt: '2026-01-01T10:00:04.200Z',
    }),
    expect.objectContaining({
      source: 'fe80::ff:fe00:9',
      direction: 'received',
      sincePreviousSeconds: null,
      linkAddress: null,
    }),
  ])
  expect(list()?.[0]?.prefixes).toEqual([
    {
      prefix: '2001:db8:1::/64',
      onLink: true,
      autonomous: true,
      validLifetimeSeconds: 7200,
      preferredLifetimeSeconds: 3600,
    },
    {
      prefix: 'fd00:1::/64',
      onLink: false,
      autonomous: false,
      validLifetimeSeconds: null,
      preferredLifetimeSeconds: null,
    },
  ])
  expect(list(8)).toEqual([])
})

test('a route information option for ::/0 sets the lifetime, also in a farewell', async () => {
  const { hear, list } = start()
  await hear([packet()])
  expect(list()?.[0]?.routerLifetimeSeconds).toBe(900)
  await hear([packet({}, 1, farewell)])
  expect(list()?.[0]?.routerLifetimeSeconds).toBe(0)
})

test('setting the clock moves the times of seen advertisements too', async () => {
  const { hear, list } = start()
  await hear([packet()])
  vi.setSystemTime(START + 3_600_000)
  expect(list()?.[0]?.seenAt).toBe('2026-01-01T11:00:00.000Z')
})

test('a guest that pretends to be many routers drives out no earlier router', async () => {
  const { hear, list } = start()
  await hear([packet(), ...Array.from({ length: 200 }, (_, index) => packet({ sent: false }, index + 2))])
  expect(list()).toHaveLength(4)
  await vi.advanceTimersByTimeAsync(901_000)
  await hear([packet({ sent: false }, 250)])
  expect(list()?.map(({ source }) => source)).toContain('fe80::ff:fe00:fa')
  expect(list()).toHaveLength(4)
})

test('skips malformed advertisements, as hosts do', async () => {
  const { hear, list, watch } = start()
  await hear([
    packet({ packet: new Uint8Array(60) }),
    packet({ packet: Buffer.from(radvd, 'hex').subarray(0, 80) }),
    packet(),
  ])
  expect(list()).toHaveLength(1)
  expect(watch.takeRun()).toMatchObject({ probe: 'advertisements', outcome: 'ok', error: null })
})

test('hears all advertisements of the host, however many', async () => {
  const { hear, listening } = start()
  await hear(
    Array.from({ length: MAX_READ }, () => packet()),
    100,
  )
  expect(listening).toEqual([])
})

test('after a loss the pause of a router is unknown, and the run reports the loss', async () => {
  const { hear, list, watch } = start()
  await hear([packet()], 3)
  await hear([packet()])
  expect(list()?.[0]?.sincePreviousSeconds).toBeNull()
  expect(watch.takeRun()).toMatchObject({
    outcome: 'failed',
    error: '3 advertisements were lost because they came too fast',
  })
})

test.each([
  { name: 'more than is read', packets: MAX_READ, lost: 0 },
  { name: 'more packets than the buffer holds', packets: 3, lost: 1 },
])('ignores guests that send $name for ten seconds, but not the host', async ({ packets, lost }) => {
  const { hear, listening, watch } = start()
  const flood = Array.from({ length: packets }, () => packet({ sent: false }))
  await hear(flood, lost)
  await hear(flood, lost)
  expect(listening).toEqual(['sent'])
  expect(watch.takeRun().error).toContain(
    'guests sent too many advertisements, so the collector ignored guests for 10 s',
  )
  await vi.advanceTimersByTimeAsync(9000)
  expect(listening).toEqual(['sent'])
  await vi.advanceTimersByTimeAsync(2000)
  expect(listening).toEqual(['sent', 'all'])
})

test('forgets a tap that is gone, but not a tap that no pass has seen yet', async () => {
  const { hear, list, follow } = start()
  await hear([packet(), packet({ ifindex: 8 })])
  follow([7])
  expect(list(8)).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(61_000)
  follow([8])
  expect([list(7), list(8)?.length]).toEqual([[], 1])
})

describe('a namespace', () => {
  test('that cannot be entered is reported and not shown as silent', () => {
    const { follow, watch } = start(() => {
      throw new SystemError('setns', 'EPERM')
    })
    follow([7], [OWN, ROUTER])
    expect(watch.list(2, 7)).toBeNull()
    expect(watch.takeRun()).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(
        /in a network namespace: needs CAP_NET_RAW and AF_PACKET, and CAP_SYS_ADMIN .+ setns: not permitted/,
      ),
    })
  })

  test('that is no longer followed, or a stopped watch, leaves no socket open', async () => {
    const { follow, hear, watch, open, list } = start()
    await hear([packet()])
    follow([7], [])
    expect([open.size, list()]).toEqual([0, null])
    follow()
    expect(list()).toEqual([])
    watch.stop()
    expect([open.size, vi.getTimerCount()]).toEqual([0, 0])
  })
})
