import { expect, test } from 'vitest'
import { buildSocket, buildTap } from '@slashzero/contract/testing'
import { countMemberships } from './count-memberships.ts'

const joined = (count: number) => Array.from({ length: count }, (_, index) => buildTap(index + 1))
const ofBytes = (optmemBytes: number, inode = 6813) => buildSocket({ optmemBytes, inode })
const base = { others: [], joinedInterfaces: null, taps: joined(2), unit: 56 }

test.each([
  {
    name: 'memberships without an existing tap are stale',
    input: { ...base, socket: ofBytes(365 * 56) },
    expected: { memberships: 365, live: 2, stale: 363, reason: null },
  },
  {
    name: 'a Router Advertisement under way does not count',
    input: { ...base, socket: ofBytes(2 * 56 + 40) },
    expected: { memberships: 2, live: 2, stale: 0, reason: null },
  },
  {
    name: 'another remainder leaves the stale count unknown',
    input: { ...base, socket: ofBytes(5 * 56 + 8) },
    expected: {
      memberships: 5,
      live: null,
      stale: null,
      reason: expect.stringContaining('8 bytes are charged beyond whole memberships of 56'),
    },
  },
  {
    name: 'enumerated interfaces count, whatever else is charged',
    input: {
      ...base,
      taps: joined(3),
      socket: buildSocket({ optmemBytes: 5 * 56 + 8, staleInterfaceIndexes: [9, 15] }),
    },
    expected: { memberships: 5, live: 3, stale: 2, reason: null },
  },
  {
    name: 'without full enumeration, memberships beyond the joins of the socket are stale',
    input: {
      ...base,
      socket: buildSocket({ optmemBytes: 61 * 56, joinedInterfaces: 1, staleInterfacesFound: 40 }),
      others: [ofBytes(56, 2)],
      joinedInterfaces: 9,
    },
    expected: { memberships: 61, live: 1, stale: 60, reason: null },
  },
  {
    name: 'more joins than memberships are a contradiction',
    input: { ...base, socket: buildSocket({ optmemBytes: 56, joinedInterfaces: 2 }) },
    expected: {
      memberships: 1,
      live: null,
      stale: null,
      reason: 'The socket holds 1 membership, but 2 interfaces are joined',
    },
  },
  {
    name: 'an enumeration without a measurement may be incomplete',
    input: { ...base, socket: buildSocket({ optmemBytes: null, staleInterfaceIndexes: [] }) },
    expected: { memberships: null, live: null, stale: null, reason: 'The option memory was not measured' },
  },
  {
    name: 'an empty enumeration is a true zero if the joins account for the rest',
    input: {
      ...base,
      socket: buildSocket({ optmemBytes: 2 * 56, staleInterfaceIndexes: [] }),
      others: [ofBytes(56, 2)],
    },
    expected: { memberships: 2, live: 2, stale: 0, reason: null },
  },
  {
    name: 'an enumeration that misses interfaces does not count: 365 memberships, 1 joined, none found',
    input: { ...base, taps: joined(1), socket: buildSocket({ optmemBytes: 365 * 56, staleInterfaceIndexes: [] }) },
    expected: { memberships: 365, live: 1, stale: 364, reason: null },
  },
  {
    name: 'an enumeration that misses interfaces does not count: 61 memberships, 1 joined, 20 found',
    input: {
      ...base,
      joinedInterfaces: 1,
      socket: buildSocket({
        optmemBytes: 61 * 56,
        staleInterfaceIndexes: Array.from({ length: 20 }, (_, index) => index + 9),
      }),
    },
    expected: { memberships: 61, live: 1, stale: 60, reason: null },
  },
  {
    name: 'an enumeration beyond the memberships does not count',
    input: { ...base, taps: joined(1), socket: buildSocket({ optmemBytes: 2 * 56, staleInterfaceIndexes: [7, 8, 9] }) },
    expected: { memberships: 2, live: 1, stale: 1, reason: null },
  },
  {
    name: 'an enumeration that nothing can confirm does not count',
    input: {
      ...base,
      taps: { unreadable: 'the links were not read' },
      socket: buildSocket({ optmemBytes: 3 * 56, staleInterfaceIndexes: [9] }),
    },
    expected: { memberships: 3, live: null, stale: null, reason: 'Taps could not be listed: the links were not read' },
  },
  {
    name: 'an empty socket holds nothing, whoever joined the taps',
    input: { ...base, socket: ofBytes(0) },
    expected: { memberships: 0, live: 0, stale: 0, reason: null },
  },
  {
    name: 'fewer memberships than joined taps are a contradiction',
    input: { ...base, socket: ofBytes(56) },
    expected: {
      memberships: 1,
      live: null,
      stale: null,
      reason: 'The socket holds 1 membership, but 2 interfaces are joined',
    },
  },
  {
    name: 'with forwarding on, one user is the kernel itself',
    input: { ...base, taps: [buildTap(1), buildTap(2, { allRoutersUsers: 1 })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'with forwarding off, the base is 0',
    input: { ...base, taps: [buildTap(1, { forwarding: false, allRoutersUsers: 1 })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'another daemon on the same tap does not add a membership to this daemon',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: 3 })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'a tap whose users could not be read leaves the stale count unknown',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: null })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Could not read whether tap1 is joined' },
  },
  {
    name: 'a tap whose forwarding could not be read leaves the stale count unknown',
    input: { ...base, taps: [buildTap(1, { forwarding: null })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Could not read whether tap1 is joined' },
  },
  {
    name: 'unlisted taps do not count as deleted',
    input: { ...base, taps: { unreadable: 'the links were not read' }, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Taps could not be listed: the links were not read' },
  },
  {
    name: 'a joined tap does not show which of two sockets joined',
    input: { ...base, socket: ofBytes(3 * 56), others: [ofBytes(2 * 56, 2)] },
    expected: {
      memberships: 3,
      live: null,
      stale: null,
      reason: expect.stringContaining('2 sockets hold memberships'),
    },
  },
  {
    name: 'an unmeasured second socket leaves the stale count unknown',
    input: { ...base, socket: ofBytes(2 * 56), others: [buildSocket({ inode: 2, optmemBytes: null })] },
    expected: {
      memberships: 2,
      live: null,
      stale: null,
      reason: expect.stringContaining('2 sockets hold memberships'),
    },
  },
  {
    name: 'a second socket without memberships does not matter',
    input: { ...base, socket: ofBytes(3 * 56), others: [ofBytes(0, 2)] },
    expected: { memberships: 3, live: 2, stale: 1, reason: null },
  },
  {
    name: 'two sockets that hold exactly the joins hold nothing stale',
    input: { ...base, taps: joined(4), socket: ofBytes(3 * 56), others: [ofBytes(56, 2)] },
    expected: { memberships: 3, live: 3, stale: 0, reason: null },
  },
  {
    name: 'an unmeasured socket keeps its reason',
    input: {
      ...base,
      socket: buildSocket({ optmemBytes: null, method: null, unmeasuredReason: 'CAP_SYS_PTRACE is missing' }),
    },
    expected: { memberships: null, live: null, stale: null, reason: 'CAP_SYS_PTRACE is missing' },
  },
  {
    name: 'without a calibrated unit nothing is counted',
    input: { ...base, socket: ofBytes(3 * 56), unit: null },
    expected: {
      memberships: null,
      live: null,
      stale: null,
      reason: 'The size of a membership could not be calibrated',
    },
  },
  {
    name: 'a served interface that is not a tap is live',
    input: { ...base, taps: [], joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'a daemon that serves eth0 and its taps leaks nothing',
    input: { ...base, joinedInterfaces: 3, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 3, stale: 0, reason: null },
  },
  {
    name: 'ten taps on one bridge share its membership',
    input: { ...base, taps: joined(10), joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'an unread tap does not matter if interfaces were counted',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: null })], joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'fewer memberships than joined interfaces are a contradiction',
    input: { ...base, taps: [], joinedInterfaces: 2, socket: ofBytes(56) },
    expected: {
      memberships: 1,
      live: null,
      stale: null,
      reason: 'The socket holds 1 membership, but 2 interfaces are joined',
    },
  },
  {
    name: 'two sockets with one membership for each interface hold nothing stale',
    input: { ...base, taps: [], joinedInterfaces: 4, socket: ofBytes(3 * 56), others: [ofBytes(56, 2)] },
    expected: { memberships: 3, live: 3, stale: 0, reason: null },
  },
  {
    name: 'two daemons on each tap hold nothing stale if only taps are joined',
    input: {
      ...base,
      taps: [buildTap(1, { allRoutersUsers: 3 }), buildTap(2, { allRoutersUsers: 3 })],
      joinedInterfaces: 2,
      socket: ofBytes(2 * 56),
      others: [ofBytes(2 * 56, 2)],
    },
    expected: { memberships: 2, live: 2, stale: 0, reason: null },
  },
  {
    name: 'taps of one bridge leave two sockets unknown',
    input: { ...base, taps: joined(4), joinedInterfaces: 1, socket: ofBytes(3 * 56), others: [ofBytes(56, 2)] },
    expected: {
      memberships: 3,
      live: null,
      stale: null,
      reason: expect.stringContaining('2 sockets hold memberships'),
    },
  },
])('$name', ({ input: { socket, others, joinedInterfaces, taps, unit }, expected }) => {
  expect(countMemberships(socket, [socket, ...others], { joinedInterfaces, taps }, unit)).toEqual(expected)
})
