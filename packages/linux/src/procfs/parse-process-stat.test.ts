import { expect, test } from 'vitest'
import { readFixture } from '../../fixtures/read-fixture.ts'
import { parseBootTime, parseProcessStat, parseSysctl, parseUptime, startTime } from './parse-process-stat.ts'

test('reads a QEMU process', () => {
  expect(parseProcessStat(readFixture('proc/101/stat'))).toMatchObject({
    name: 'qemu-system-x86',
    parent: 0,
    kernelThread: false,
    ended: false,
  })
})

test.each(['a b', ') R 1 (', 'tab\tnewline\n', '((', ''])('a process may be called %j', (name) => {
  const text = readFixture('proc/101/stat').replace('(qemu-system-x86)', `(${name})`)
  expect(parseProcessStat(text)).toEqual({ ...parseProcessStat(readFixture('proc/101/stat')), name })
})

test('flags and state tell a kernel thread and a zombie', () => {
  const fields = readFixture('proc/101/stat').split(' ')
  expect(parseProcessStat(fields.with(8, String(0x208040)).join(' ')).kernelThread).toBe(true)
  expect(parseProcessStat(fields.with(2, 'Z').join(' ')).ended).toBe(true)
})

test.each(['', '12', '12 (a', '12 (a) S', '12 (a) S 1 1 1 0 -1 x 0 0 0 0 0 0 0 0 20 0 1 0 100 '])(
  '%j is an error',
  (text) => {
    expect(() => parseProcessStat(text, '/proc/12/stat')).toThrow(/^\/proc\/12\/stat:1: expected a pid/)
  },
)

test('computes a start from boot time and hundredths of a second', () => {
  const stat = { ...parseProcessStat(readFixture('proc/101/stat')), startTicks: 12_345 }
  expect(startTime(stat, 1_700_000_000)).toBe(1_700_000_123_450)
})

test('reads boot time, uptime and a limit', () => {
  expect(parseBootTime(readFixture('proc/stat'))).toBe(1795333019)
  expect(parseUptime('3306.70 5000.12\n')).toBe(330670)
  expect(parseUptime(readFixture('proc/uptime'))).toBeGreaterThan(0)
  expect(parseSysctl('20480\n', 'optmem_max')).toBe(20480)
})

test('refuses empty, short and garbled files', () => {
  expect(() => parseBootTime('cpu 1 2 3\n')).toThrow('/proc/stat:1: expected a line btime')
  expect(() => parseUptime('3306.7')).toThrow('/proc/uptime:1:')
  expect(() => parseSysctl('', 'optmem_max')).toThrow('optmem_max:1: expected one unsigned number')
  expect(() => parseSysctl('-1\n', 'optmem_max')).toThrow('optmem_max:1:')
})
