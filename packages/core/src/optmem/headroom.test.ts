import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { capacity, joinsLeft, sendsBlocked } from './headroom.ts'

/** `sock_kmalloc` of net/core/sock.c, word for word. */
function sockKmalloc(socket: { omem: number }, size: number, optmemMax: number): boolean {
  if (size <= optmemMax && socket.omem + size < optmemMax) {
    socket.omem += size
    return true
  }
  return false
}

function joinUntilRefused(limit: number, used: number, unit: number): number {
  const socket = { omem: used }
  let joined = 0
  while (sockKmalloc(socket, unit, limit)) joined += 1
  return joined
}

const limits = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 200_000 }))

test('joinsLeft counts the joins that the kernel grants at any limit and usage', () => {
  fc.assert(
    fc.property(limits, limits, fc.integer({ min: 1, max: 4096 }), (limit, used, unit) => {
      expect(joinsLeft({ limit, used, unit })).toBe(joinUntilRefused(limit, used, unit))
    }),
    { numRuns: 2000 },
  )
})

test('joinsLeft agrees with the kernel at every usage around a small limit', () => {
  for (let limit = 0; limit <= 60; limit += 1) {
    for (let used = 0; used <= 62; used += 1) {
      for (const unit of [1, 7, 40, 56, 60, 61]) {
        expect({ limit, used, unit, left: joinsLeft({ limit, used, unit }) }).toEqual({
          limit,
          used,
          unit,
          left: joinUntilRefused(limit, used, unit),
        })
      }
    }
  }
})

test('sendsBlocked means that the kernel refuses the 40 bytes of IPV6_PKTINFO', () => {
  fc.assert(
    fc.property(limits, limits, (limit, used) => {
      expect(sendsBlocked({ limit, used }, 'radvd')).toBe(!sockKmalloc({ omem: used }, 40, limit))
    }),
    { numRuns: 2000 },
  )
})

test.each([
  { name: '4.4 to 5.3', unit: 72, limit: 20480, joins: 284, blocked: true },
  { name: '5.4 to 5.12', unit: 64, limit: 20480, joins: 319, blocked: false },
  { name: '5.13 to 6.7', unit: 56, limit: 20480, joins: 365, blocked: true },
  { name: '6.8 and later', unit: 56, limit: 131072, joins: 2340, blocked: true },
])('kernel $name: $joins joins fit, sends blocked when full: $blocked', ({ unit, limit, joins, blocked }) => {
  expect(capacity({ limit, unit })).toBe(joins)
  expect(sendsBlocked({ limit, used: joins * unit }, 'radvd')).toBe(blocked)
  expect(joinsLeft({ limit, used: joins * unit, unit })).toBe(0)
  expect(joinsLeft({ limit, used: (joins - 1) * unit, unit })).toBe(1)
})

test('dnsmasq sends without a control message, so nothing blocks its sends', () => {
  expect(['radvd', 'dnsmasq', 'bird'].map((daemon) => sendsBlocked({ limit: 20_480, used: 20_440 }, daemon))).toEqual([
    true,
    false,
    true,
  ])
})
