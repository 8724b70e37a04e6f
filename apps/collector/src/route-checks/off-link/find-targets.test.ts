import type { InterfaceAddress, Link, Neighbour } from '@slashzero/linux'
import { expect, test } from 'vitest'
import type { Vm } from '../../probes/process/identify-vms.ts'
import type { Tap } from '../../probes/namespace/read-taps.ts'
import { findTargets, NO_ADDRESS, NOT_OWN } from './find-targets.ts'
import type { Prospect, Surroundings } from './find-targets.ts'

const SOURCE = '20010db8ffff00000000000000000001'
const GUEST = '20010db8000100000000000000000010'
const OTHER = '20010db8000100000000000000000020'
const LOCAL = 'fe800000000000000000000000000001'

function link(ifindex: number, more: Partial<Link> = {}): Link {
  return {
    ifindex,
    name: `if${ifindex}`,
    kind: 'tun',
    ethernet: true,
    up: true,
    multicast: true,
    master: null,
    vlanOf: null,
    mtu: 1500,
    forwarding: true,
    ipv6Disabled: false,
    ...more,
  }
}

function vm(name: string): Vm {
  return { name, uuid: null, pid: 1, namespace: 1, agentSocketPath: null, taps: [] }
}

function tap(ifindex: number): Tap {
  const counters = { routerSolicitsIn: 0, routerAdvertsIn: 0, routerAdvertsOut: 0 }
  const shown = { name: `if${ifindex}`, byteName: `if${ifindex}`, listener: null }
  return { ifindex, ...shown, kind: 'tap', up: true, forwarding: true, allRoutersUsers: 2, ...counters }
}

function neighbour(
  ifindex: number,
  address: string | null,
  linkAddress: string | null = '02aa',
  permanent = false,
): Neighbour {
  return { ifindex, address, linkAddress, permanent }
}

function own(ifindex: number, address: string, prefixLength = 64, usable = true): InterfaceAddress {
  return { ifindex, address, prefixLength, state: usable ? 'usable' : 'tentative' }
}

const one = vm('one')

function find(more: Partial<Surroundings>, taps: readonly Tap[] = [tap(5)]): Prospect | undefined {
  const addresses = [own(1, SOURCE, 128), own(5, LOCAL)]
  return findTargets(new Map([[one, taps]]), SOURCE, {
    links: [link(5)],
    addresses,
    neighbours: [],
    learnt: [],
    ...more,
  }).get(one)
}

test("a neighbour on a VM's tap is the VM", () => {
  expect(find({ neighbours: [neighbour(5, GUEST), neighbour(6, OTHER)] })).toEqual({
    targets: [{ address: GUEST, ifindex: 5, onLinkSource: LOCAL, routed: true }],
    interfaces: new Set([5]),
  })
})

test('a VM with a tap that this host does not route may have another router', () => {
  const neighbours = [neighbour(5, GUEST)]
  const elsewhere = { ...tap(6), forwarding: false }
  expect(find({ neighbours, links: [link(5), link(6)] }, [tap(5), elsewhere])).toMatchObject({
    targets: [{ address: GUEST, routed: false }],
  })
})

test.each<[string, Neighbour[]]>([
  ['none', []],
  ['a link-local address', [neighbour(5, LOCAL)]],
  ['a group', [neighbour(5, 'ff020000000000000000000000000001')]],
  ['an address that did not answer', [neighbour(5, GUEST, null)]],
])('does not ask %s', (_, neighbours) => {
  expect(find({ neighbours })).toEqual({ obstacle: NO_ADDRESS })
})

test('a VM on a bridge is found by the tap that has its link address', () => {
  const links = [link(5, { master: 9 }), link(6, { master: 9 }), link(9, { kind: 'bridge' })]
  const neighbours = [neighbour(9, GUEST, '02aa'), neighbour(9, OTHER, '02bb')]
  const learnt = [neighbour(5, null, '02aa'), neighbour(6, null, '02bb')]
  const found = {
    targets: [{ address: GUEST, ifindex: 9, onLinkSource: null, routed: true }],
    interfaces: new Set([9]),
  }
  expect(find({ links, neighbours, learnt })).toEqual(found)
  const ambiguous = [...learnt, neighbour(6, null, '02aa')]
  expect(find({ links, neighbours, learnt: ambiguous })).toEqual({ obstacle: NO_ADDRESS })
  expect(find({ links, neighbours, learnt: [neighbour(5, null, '02aa', true)] })).toEqual({ obstacle: NO_ADDRESS })
})

test('does not send from an address that this host does not own', () => {
  const neighbours = [neighbour(5, GUEST)]
  expect(find({ neighbours, addresses: [own(5, LOCAL)] })).toEqual({ obstacle: NOT_OWN })
  expect(find({ neighbours, addresses: [own(1, SOURCE, 128, false)] })).toEqual({ obstacle: NOT_OWN })
})

test('asks nothing if the source is on-link for the VM', () => {
  const obstacle = expect.stringContaining('on-link for the VM')
  const near = `${SOURCE.slice(0, 16)}0000000000000099`
  expect(find({ neighbours: [neighbour(5, near)] })).toEqual({ obstacle })
  expect(find({ neighbours: [neighbour(5, GUEST)], addresses: [own(5, SOURCE, 128)] })).toEqual({ obstacle })
  const wide = own(5, '20010db8000100000000000000000001', 32)
  expect(find({ neighbours: [neighbour(5, GUEST)], addresses: [own(1, SOURCE, 128), wide] })).toEqual({ obstacle })
})

test('asks three of many addresses', () => {
  const neighbours = Array.from({ length: 9 }, (_, index) => neighbour(5, `${GUEST.slice(0, 31)}${index}`))
  expect(find({ neighbours })).toMatchObject({ targets: { length: 3 } })
})
