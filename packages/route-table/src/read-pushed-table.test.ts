import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PUSHED_FORMATS, readPushedTable } from './index.ts'

const rules = text('linux/healthy/ip-6-rule.txt')
const alive = text('linux/healthy/ip-6-route-show-default-table-all.txt')
const linux = (routes: string, status = 0) => `#rule\n${rules}#route\n${routes}#exit ${status}\n#end\n`
const english = text('windows/english-healthy.txt')

test.each([
  {
    name: 'a Linux guest',
    format: 'linux',
    table: linux(alive),
    expected: { state: 'present', gateway: 'fe80::ff:fe00:1', expiresInSeconds: 1799 },
  },
  {
    name: 'a table with a route that ended',
    format: 'linux',
    table: linux(text('linux/expired/ip-6-route-show-default-table-all.txt')),
    expected: { state: 'expired' },
  },
  { name: 'a table without a route', format: 'linux', table: linux(''), expected: { state: 'absent' } },
  { name: 'a table whose ip failed', format: 'linux', table: linux('', 1), expected: { state: 'unknown' } },
  {
    name: 'a table without IPv6',
    format: 'linux',
    table: `#no-ipv6\n${linux('')}`,
    expected: { state: 'absent', reason: 'IPv6 is off in the guest' },
  },
  {
    name: 'a table without ip',
    format: 'linux',
    table: `#rule\n#route\n#exit 127\n#proc\n${text('linux/farewell/proc-net-ipv6_route')}#end\n`,
    expected: { state: 'absent' },
  },
  {
    name: 'a table with CR LF',
    format: 'linux',
    table: linux(alive).replaceAll('\n', '\r\n'),
    expected: { state: 'present' },
  },
  { name: 'FreeBSD', format: 'netstat', table: fixture('freebsd/broken.txt'), expected: { state: 'absent' } },
  { name: 'macOS', format: 'netstat', table: fixture('macos/healthy.txt'), expected: { state: 'present' } },
  {
    name: 'Windows',
    format: 'get-net-route',
    table: fixture('windows/get-net-route-healthy.json'),
    expected: { state: 'present' },
  },
  {
    name: 'a German Windows in its code page',
    format: 'route-print',
    table: fixture('windows/german-healthy.txt'),
    expected: { state: 'present' },
  },
  {
    name: 'UTF-16',
    format: 'route-print',
    table: Buffer.from(`\ufeff${english}`, 'utf16le'),
    expected: { state: 'present' },
  },
  {
    name: 'UTF-16, the other way round',
    format: 'route-print',
    table: Buffer.from(`\ufeff${english}`, 'utf16le').swap16(),
    expected: { state: 'present' },
  },
  {
    name: 'garbage before the headings',
    format: 'linux',
    table: `PATH: not found\n${linux('')}`,
    expected: { state: 'unknown', reason: 'line 1 is before the first heading: "PATH: not found"' },
  },
])('$name', ({ format, table, expected }) => {
  expect(readPushedTable(format, typeof table === 'string' ? Buffer.from(table) : table)).toMatchObject(expected)
})

test('output that is cut off is never a proof', () => {
  const whole = Buffer.from(linux(''))
  const states = Array.from(
    whole.subarray(0, -1),
    (_, length) => readPushedTable('linux', whole.subarray(0, length))?.state,
  )
  expect(new Set(states)).toEqual(new Set(['unknown']))
})

test('never throws, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PUSHED_FORMATS), fc.uint8Array({ maxLength: 300 }), (format, bytes) => {
      expect(readPushedTable(format, bytes)?.state).toBe('unknown')
    }),
  )
})

// About 1 s; quadratic time takes minutes and exceeds the time limit of the test.
test('time grows in proportion to the size, up to a mebibyte', () => {
  for (const format of PUSHED_FORMATS) {
    for (const part of ['#', '#a\n', '\n', '#exit 0\n', 'default via fe80::1 dev eth0\n', ' 1 1 ::/0 X\n', '\xff']) {
      const table = Buffer.concat([Buffer.from('#route\n'), Buffer.alloc(1 << 20, part, 'latin1')])
      expect(readPushedTable(format, table)).not.toBeNull()
    }
  }
})

test('time grows in proportion to the number of rules and routes', () => {
  const routes = 'default via fe80::1 dev eth0 expires -3sec\n'.repeat(10_000)
  for (const rule of ['1:\tfrom all lookup main\n', '1:\tfrom all goto 2\n', '1:\tfrom all lookup 7 goto 9\n']) {
    const table = `#rule\n${rule.repeat(20_000)}#route\n${routes}#exit 0\n#end\n`
    expect(readPushedTable('linux', Buffer.from(table))?.state).toMatch(/expired|absent/)
  }
})

test('an unknown format gives null', () => {
  expect(readPushedTable('constructor', Buffer.from(''))).toBe(null)
})

function fixture(file: string): Buffer {
  return readFileSync(new URL(`../fixtures/${file}`, import.meta.url))
}

function text(file: string): string {
  return fixture(file).toString()
}
