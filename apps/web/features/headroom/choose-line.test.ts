import { describe, expect, it } from 'vitest'
import type { HypervisorSender } from '@slashzero/contract/page'
import { arrangeSockets } from './arrange-sockets.ts'
import { chooseLine, fitRange } from './choose-line.ts'
import { point, socket, series } from './testing/sockets.ts'

describe('fitRange', () => {
  it.each([
    { since: 59, expected: '1h' },
    { since: 61, expected: '6h' },
    { since: 361, expected: '24h' },
  ])('shows $expected if the first figure is $since minutes old', ({ since, expected }) => {
    const points = [point(-900, null, null), point(60 - since, 56, 0), point(59, 56, 0)]
    expect(fitRange(series([socket('1:100', points)]))).toBe(expected)
  })

  it('shows a day if nothing is measured or known yet', () => {
    expect([fitRange(undefined), fitRange(series([socket('1:100', [point(59, null, null)])]))]).toEqual(['24h', '24h'])
  })
})

describe('chooseLine', () => {
  const lines = arrangeSockets([
    socket('1:100', [point(0, 56, 0)], { daemon: 'radvd' }),
    socket('1:101', [point(9, 56, 0)], { daemon: 'radvd' }),
    socket('2:300', [point(9, 56, 0)], { daemon: 'dnsmasq' }),
  ])

  it.each([
    {
      name: 'the replaced socket that the URL names',
      wanted: '1:100',
      worst: '2:300',
      expected: '1:101',
    },
    { name: 'the sender with the least headroom', wanted: null, worst: '2:300', expected: '2:300' },
    {
      name: 'the least headroom if the URL names an unknown socket',
      wanted: 'gone',
      worst: '1:101',
      expected: '1:101',
    },
  ])('shows $name', ({ wanted, worst, expected }) => {
    const senders = [sender('other', null), sender(worst, 3), sender('better', 300)]
    expect(chooseLine(lines, wanted, senders)?.key).toBe(expected)
  })

  it('shows nothing without sockets', () => {
    expect(chooseLine([], null, [])).toBeNull()
  })
})

function sender(key: string, joinsLeft: number | null): HypervisorSender {
  const optmemBytes = joinsLeft === null ? null : 20_440 - 56 * joinsLeft
  return {
    key,
    daemon: 'radvd',
    version: null,
    pid: 913,
    namespace: null,
    optmemBytes,
    optmemMaxBytes: 20_480,
    membershipBytes: 56,
    memberships: null,
    staleMemberships: null,
    joinsLeft,
    sendsBlocked: joinsLeft === null ? null : joinsLeft === 0,
    startedAt: null,
    executableDeleted: false,
    method: null,
    unmeasuredReason: null,
    liveMemberships: null,
    staleInterfaceIndexes: null,
    configuration: null,
    optmemMaxSource: 'init',
    fullAt: null,
  }
}
