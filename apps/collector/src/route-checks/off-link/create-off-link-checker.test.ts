import { encodeNeighbourRequest } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { SystemError } from '../../io/kernel.ts'
import type { Dump } from '../../io/kernel.ts'
import type { Arrival, OffLinkNetwork } from '../../io/off-link-network.ts'
import { answerDump } from '../../testing/answer-dump.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { Vm } from '../../probes/process/identify-vms.ts'
import type { Tap } from '../../probes/namespace/read-taps.ts'
import type { Survey } from '../../probes/namespace/survey-namespace.ts'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { createOffLinkChecker } from './create-off-link-checker.ts'

const SOURCE = '20010db8ffff00000000000000000001'
const LOCAL = 'fe800000000000000000000000000001'
const ADDRESSES = `${SOURCE} 01 80 00 80       lo\n${LOCAL} 05 40 20 80     tap5\n${LOCAL} 06 40 20 80     tap6\n`

/** The dump of a table with the address of each VM on its tap. */
function dumpNeighbours(count: number): Dump {
  const rows = Array.from({ length: count }, (_, index) => {
    const row = Buffer.from(encodeNeighbourRequest('inet6', 1))
    const attributes = Buffer.from(
      `1400010020010db80001${String(index + 5).padStart(20, '0')}0a0002000200000000010000`,
      'hex',
    )
    const bytes = Buffer.concat([row, attributes])
    bytes.writeUInt32LE(bytes.length, 0)
    bytes.writeUInt16LE(28, 4)
    bytes.writeUInt16LE(0, 6)
    bytes.writeInt32LE(index + 5, 20)
    bytes.writeUInt16LE(2, 24)
    return bytes
  })
  const done = Buffer.from('1400000003000200010000000000000000000000', 'hex')
  return answerDump([Buffer.concat([...rows, done])])
}

type Machine = {
  count?: number
  answers?: 'all' | 'on-link' | 'none'
  addresses?: string
  refuses?: string
  lost?: number
  tcpPorts?: number[]
}

function prepare(machine: Machine) {
  const count = machine.count ?? 1
  const vms = Array.from({ length: count }, (_, index): Vm => {
    return { name: `vm-${index + 5}`, uuid: null, pid: index + 5, namespace: 1, agentSocketPath: null, taps: [] }
  })
  const taps = vms.map(({ pid }): Tap => {
    const counters = { routerSolicitsIn: 0, routerAdvertsIn: 0, routerAdvertsOut: 0 }
    const names = { name: `tap${pid}`, byteName: `tap${pid}`, listener: `tap${pid}` }
    return { ifindex: pid, ...names, kind: 'tap', up: true, forwarding: true, allRoutersUsers: 2, ...counters }
  })
  const links = taps.map(({ ifindex, name }): Link => {
    return {
      ifindex,
      name,
      kind: 'tun',
      ethernet: true,
      up: true,
      multicast: true,
      master: null,
      vlanOf: null,
      mtu: 1500,
      forwarding: true,
      ipv6Disabled: false,
    }
  })
  const namespace = { id: 1, name: null, entrance: null, tables: null }
  const limit = { optmemMaxBytes: null, optmemMaxSource: null }
  const survey: Survey = {
    namespace,
    rawSockets: [],
    rawRows: new Map(),
    links,
    taps,
    unjoined: new Set(),
    readNamed: () => [],
    joinedInterfaces: 0,
    limit,
    diagnosed: { unavailable: '' },
  }
  const state = { answers: machine.answers ?? 'all', sent: 0, open: 0, clock: 1000 }
  const network: OffLinkNetwork = {
    dumpNeighbours: (table, parse) => dumpNeighbours(table === 'inet6' ? count : 0)(parse),
    openTcpSocket: () => {
      throw new SystemError('bind', 'EADDRINUSE')
    },
    openEchoSocket: () => {
      if (machine.refuses !== undefined) throw new SystemError('socket', machine.refuses)
      state.open += 1
      const arrived: Arrival[] = []
      return {
        send: (message, to, { source, ifindex }) => {
          state.sent += 1
          const isHeard = state.answers === 'all' || (state.answers === 'on-link' && source !== SOURCE)
          if (isHeard) arrived.push({ message: Uint8Array.from([129, ...message.slice(1)]), source: to, ifindex })
        },
        receive: () => arrived.splice(0),
        countLost: () => machine.lost ?? 0,
        close: () => void (state.open -= 1),
      }
    },
  }
  const kernel = fakeKernel({ '/proc/thread-self/net/if_inet6': machine.addresses ?? ADDRESSES })
  // The clock jumps ahead, so that a silent VM does not take a second.
  const monotonic = () => (state.clock += 50)
  const checker = createOffLinkChecker({
    kernel,
    network,
    source: SOURCE,
    tcpPorts: machine.tcpPorts ?? [],
    clock: stoppedClock({ monotonic }),
  })
  const ownerOf = new Map(vms.flatMap((vm, index) => taps.slice(index, index + 1).map((tap) => [tap, vm] as const)))
  const check = async (patience?: AbortSignal) => {
    const before = state.sent
    const { routeChecks, run } = await checker.check({ vms, surveys: [survey], ownerOf }, patience)
    const states = routeChecks.map(({ defaultRoute }) => defaultRoute)
    return { states, reasons: routeChecks.map(({ reason }) => reason), run, sent: state.sent - before }
  }
  return { check, state }
}

test('a VM with a route is asked once a minute', async () => {
  const { check, state } = prepare({})
  expect(await check()).toMatchObject({
    states: ['present'],
    reasons: [null],
    sent: 2,
    run: { probe: 'off-link-probe', outcome: 'ok' },
  })
  state.clock += 40_000
  expect(await check()).toMatchObject({ states: ['present'], sent: 0 })
  state.clock += 20_000
  expect(await check()).toMatchObject({ states: ['present'], sent: 2 })
  expect(state.open).toBe(0)
})

test('a VM without a route is asked again soon', async () => {
  const { check, state } = prepare({ answers: 'on-link' })
  expect(await check()).toMatchObject({ states: ['absent'], sent: 3 })
  state.clock += 10_000
  state.answers = 'all'
  expect(await check()).toMatchObject({ states: ['present'] })
})

test('a burst is bounded and reaches all VMs in turn', async () => {
  const { check } = prepare({ count: 300, addresses: ADDRESSES })
  const first = await check()
  expect(first.states.filter((state) => state === 'present')).toHaveLength(256)
  expect(first.reasons.filter((reason) => reason === 'not asked yet')).toHaveLength(44)
  expect((await check()).states.every((state) => state === 'present')).toBe(true)
})

test('when patience ends, the last answer stands until the next call', async () => {
  const { check, state } = prepare({})
  await check()
  state.clock += 60_000
  state.answers = 'on-link'
  expect(await check(AbortSignal.abort())).toMatchObject({ states: ['present'], sent: 2 })
  await expect.poll(() => state.open).toBe(0)
  expect(await check()).toMatchObject({ states: ['absent'], sent: 0 })
})

test('without the right, the run names it and every VM is unknown', async () => {
  const { check } = prepare({ refuses: 'EPERM' })
  const told = await check()
  expect(told).toMatchObject({
    states: ['unknown'],
    sent: 0,
    run: { outcome: 'failed', error: expect.stringContaining('needs CAP_NET_RAW') },
  })
  expect(told.reasons[0]).toContain('needs CAP_NET_RAW')
})

test('answers lost in a flood make the route unknown, not absent', async () => {
  const { check } = prepare({ answers: 'on-link', lost: 1 })
  expect(await check()).toMatchObject({ states: ['unknown'], reasons: [expect.stringContaining('answers were lost')] })
})

test('if no TCP port is free, VMs are unknown and no socket stays open', async () => {
  const { check, state } = prepare({ tcpPorts: [22] })
  expect(await check()).toMatchObject({
    states: ['unknown'],
    sent: 0,
    run: { outcome: 'failed', error: expect.stringContaining('EADDRINUSE') },
  })
  expect(state.open).toBe(0)
})

test('an address that this host does not own is refused', async () => {
  const { check } = prepare({ addresses: ADDRESSES.slice(ADDRESSES.indexOf('\n') + 1) })
  const error = expect.stringContaining('off-link-source is not an address')
  expect(await check()).toMatchObject({ states: ['unknown'], sent: 0, run: { outcome: 'failed', error } })
})

test('an unreadable table is a failure, not silence', async () => {
  const { check } = prepare({ addresses: 'nonsense\n' })
  expect(await check()).toMatchObject({
    states: ['unknown'],
    sent: 0,
    run: { outcome: 'failed', error: expect.stringContaining('if_inet6:1') },
  })
})
