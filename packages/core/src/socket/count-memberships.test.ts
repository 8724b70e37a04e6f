import { expect, test } from 'vitest'
import { buildSocket, buildTap } from '@slashzero/contract/testing'
import { countMemberships } from './count-memberships.ts'

const joined = (count: number) => Array.from({ length: count }, (_, index) => buildTap(index + 1))
const ofBytes = (optmemBytes: number, inode = 6813) => buildSocket({ optmemBytes, inode })
const base = { others: [], joinedInterfaces: null, taps: joined(2), unit: 56 }

test.each([
  {
    name: 'what existing taps do not account for is stale',
    input: { ...base, socket: ofBytes(365 * 56) },
    expected: { memberships: 365, live: 2, stale: 363, reason: null },
  },
  {
    name: 'a Router Advertisement under way is not counted as anything',
    input: { ...base, socket: ofBytes(2 * 56 + 40) },
    expected: { memberships: 2, live: 2, stale: 0, reason: null },
  },
  {
    name: 'another remainder means that something else is charged, and then the stale count is unknown',
    input: { ...base, socket: ofBytes(5 * 56 + 8) },
    expected: {
      memberships: 5,
      live: null,
      stale: null,
      reason: expect.stringContaining('8 bytes beside whole memberships of 56'),
    },
  },
  {
    name: 'enumerated interfaces are believed, whatever else is charged',
    input: { ...base, socket: buildSocket({ optmemBytes: 5 * 56 + 8, staleInterfaceIndexes: [9, 15] }) },
    expected: { memberships: 5, live: 3, stale: 2, reason: null },
  },
  {
    name: 'enumerated none is a true zero, also where nothing was measured',
    input: { ...base, socket: buildSocket({ optmemBytes: null, staleInterfaceIndexes: [] }) },
    expected: { memberships: null, live: null, stale: 0, reason: null },
  },
  {
    name: 'an empty socket holds nothing, whoever joined the taps',
    input: { ...base, socket: ofBytes(0) },
    expected: { memberships: 0, live: 0, stale: 0, reason: null },
  },
  {
    name: 'fewer memberships than joined taps do not fit',
    input: { ...base, socket: ofBytes(56) },
    expected: { memberships: 1, live: null, stale: null, reason: 'It holds 1 membership, yet 2 interfaces are joined' },
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
    name: 'another daemon on the same tap does not make this one hold two',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: 3 })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'a tap whose users could not be read leaves the stale count unknown',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: null })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Whether tap1 is joined could not be read' },
  },
  {
    name: 'a tap whose forwarding could not be read does too',
    input: { ...base, taps: [buildTap(1, { forwarding: null })], socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Whether tap1 is joined could not be read' },
  },
  {
    name: 'taps that could not be listed are not taps that went',
    input: { ...base, taps: { unreadable: 'the links were not read' }, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: null, stale: null, reason: 'Taps could not be listed: the links were not read' },
  },
  {
    name: 'a joined tap cannot be told to be of one of two sockets',
    input: { ...base, socket: ofBytes(3 * 56), others: [ofBytes(2 * 56, 2)] },
    expected: {
      memberships: 3,
      live: null,
      stale: null,
      reason: expect.stringContaining('2 sockets hold memberships'),
    },
  },
  {
    name: 'nor where the other socket was not measured',
    input: { ...base, socket: ofBytes(2 * 56), others: [buildSocket({ inode: 2, optmemBytes: null })] },
    expected: {
      memberships: 2,
      live: null,
      stale: null,
      reason: expect.stringContaining('2 sockets hold memberships'),
    },
  },
  {
    name: 'a socket without memberships does not stand in the way',
    input: { ...base, socket: ofBytes(3 * 56), others: [ofBytes(0, 2)] },
    expected: { memberships: 3, live: 2, stale: 1, reason: null },
  },
  {
    name: 'sockets that together hold just what is joined hold nothing stale',
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
      reason: 'The bytes of one membership could not be calibrated',
    },
  },
  {
    name: 'an interface that is no tap is live where it is served, also with no tap at all',
    input: { ...base, taps: [], joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'a daemon that serves eth0 beside its taps leaks nothing',
    input: { ...base, joinedInterfaces: 3, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 3, stale: 0, reason: null },
  },
  {
    name: 'ten taps on one bridge share its membership',
    input: { ...base, taps: joined(10), joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'a tap that cannot be read does not matter where interfaces were counted',
    input: { ...base, taps: [buildTap(1, { allRoutersUsers: null })], joinedInterfaces: 1, socket: ofBytes(3 * 56) },
    expected: { memberships: 3, live: 1, stale: 2, reason: null },
  },
  {
    name: 'fewer memberships than joined interfaces do not fit, whatever the taps say',
    input: { ...base, taps: [], joinedInterfaces: 2, socket: ofBytes(56) },
    expected: { memberships: 1, live: null, stale: null, reason: 'It holds 1 membership, yet 2 interfaces are joined' },
  },
  {
    name: 'sockets that together hold just one membership an interface hold nothing stale',
    input: { ...base, taps: [], joinedInterfaces: 4, socket: ofBytes(3 * 56), others: [ofBytes(56, 2)] },
    expected: { memberships: 3, live: 3, stale: 0, reason: null },
  },
  {
    name: 'nor do two daemons on each of the taps, where nothing else is joined',
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
    name: 'taps of one bridge are no sum that fits',
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
