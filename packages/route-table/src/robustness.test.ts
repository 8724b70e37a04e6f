import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  readGetNetRoute,
  readIpRoute,
  readIpRouteJson,
  readIpRule,
  readNetstat,
  readNetworkGetRoute,
  readProcIpv6Route,
  readRouteInet6,
  readRoutePrint,
} from './index.ts'
import type { DefaultRoute } from './index.ts'

type Reader = { reader: string; read: (text: string) => DefaultRoute; healthy: string }

const readers: Reader[] = [
  { reader: 'readIpRoute', read: readIpRoute, healthy: 'linux/healthy/ip-6-route.txt' },
  { reader: 'readIpRouteJson', read: readIpRouteJson, healthy: 'linux/healthy/ip-6-j-route.json' },
  { reader: 'readProcIpv6Route', read: readProcIpv6Route, healthy: 'linux/healthy/proc-net-ipv6_route' },
  { reader: 'readRouteInet6', read: readRouteInet6, healthy: 'linux/healthy/net-tools-route-n-A-inet6.txt' },
  { reader: 'readRoutePrint', read: readRoutePrint, healthy: 'windows/english-healthy.txt' },
  { reader: 'readGetNetRoute', read: readGetNetRoute, healthy: 'windows/get-net-route-healthy.json' },
  { reader: 'readNetstat', read: readNetstat, healthy: 'freebsd/healthy.txt' },
]
const states = ['present', 'absent', 'expired', 'unknown']
const NESTED = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('utf8'))
const noTables = [
  { name: 'nothing', text: '' },
  { name: 'an empty line', text: '\n' },
  { name: 'NUL', text: '\u0000' },
  { name: 'text that is not UTF-8', text: '\ufffd\ufffd' },
  { name: 'a missing command', text: 'sh: 1: ip: not found\n' },
  { name: 'a refused request', text: 'RTNETLINK answers: Operation not supported\n' },
  { name: 'HTML', text: '<html>' },
  { name: 'half of JSON', text: '[' },
  { name: 'an empty object', text: '{}' },
  { name: 'deeply NESTED JSON', text: NESTED },
]

describe.each(readers)('$reader', ({ read, healthy }) => {
  const table = fixture(healthy)
  const at = table.search(/default|::\/0|^0{32} 00 0{32} 00 fe80/m)
  const start = table.lastIndexOf('\n', at) + 1
  const line = table.slice(start).split('\n')[0] ?? ''

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(bytes, (text) => {
        expect(states).toContain(read(text).state)
      }),
    )
  })

  test.each(noTables)('is unknown, with a reason, for $name', ({ text }) => {
    const route = read(text)
    expect(route.state).toBe('unknown')
    expect(route.reason?.length).toBeGreaterThan(10)
    expect(route.reason?.length).toBeLessThan(300)
  })

  test.each([' ', '0:', '1 1 ', '::/0 ', '1 1 ::/0', '[', ':', '%a', '\n ', '\t', 'a'])(
    'reads a megabyte of %j in proportion to its size',
    (part) => {
      for (const before of ['', '1 1 ::/0 ', 'Internet6:\nDestination Gateway Flags Netif\n'])
        expect(states).toContain(read(before + part.repeat(300_000) + '\u0000').state)
      // About 50 ms; quadratic time takes minutes and exceeds the time limit of the test.
    },
  )

  test('a table that is garbled anywhere has one of the four states', () => {
    fc.assert(
      fc.property(fc.nat(table.length), fc.nat(40), bytes, (from, cut, put) => {
        expect(states).toContain(read(table.slice(0, from) + put + table.slice(from + cut)).state)
      }),
    )
  })

  test('a garbled character never makes the default route absent', () => {
    const spoilt = line
      .trimEnd()
      .split('')
      .flatMap((_, offset) =>
        ['x', '?', '\ufffd', '~'].map(
          (garbled) => table.slice(0, start + offset) + garbled + table.slice(start + offset + 1),
        ),
      )
    expect(spoilt.filter((text) => read(text).state === 'absent')).toEqual([])
  })

  test('a table that is cut off never makes the default route absent', () => {
    const cut = table.split('').map((_, length) => table.slice(0, length))
    // iproute2 prints the default route last, so a cut between two earlier lines cannot be seen.
    const visible = read === readIpRoute ? cut.filter((text) => !/ pref medium\n?$/.test(text)) : cut
    expect(visible.filter((text) => read(text).state === 'absent')).toEqual([])
  })
})

test('no agent answer makes readNetworkGetRoute throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(readNetworkGetRoute(value).state).toBe('unknown')
    }),
  )
})

test('no rule list makes readIpRule throw', () => {
  fc.assert(
    fc.property(bytes, (text) => {
      expect(readIpRule(text).tables).toBeNull()
    }),
  )
})

test('every recorded table is read by a test', () => {
  const root = new URL('../fixtures/', import.meta.url)
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const tests = ['fixtures.test.ts', 'field.test.ts']
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
    .join('')
  expect(files.map(({ name }) => name).filter((name) => !tests.includes(name))).toEqual(['.gitattributes', 'README.md'])
})

function fixture(file: string): string {
  return readFileSync(new URL(`../fixtures/${file}`, import.meta.url), 'utf8')
}
