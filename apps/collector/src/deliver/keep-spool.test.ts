import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDelta, report as schema } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stoppedClock } from '../testing/fake-clock.ts'
import { SPOOL_LIMITS } from './delivery.ts'
import { openSpool } from './keep-spool.ts'
import type { Spool } from './keep-spool.ts'
import type { SpoolLimits } from './delivery.ts'

const golden = goldenReport()
const HOUR = 3_600_000

let folder: string
let directory: string
let wall: number
let clock: number
let lines: { level: string; fields: object; message: string }[]
let spools: Spool[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-spool-'))
  directory = join(folder, 'spool', 'host-0001')
  wall = Date.parse('2026-01-01T00:00:00Z')
  clock = 5000
  lines = []
  spools = []
})
afterEach(() => {
  for (const spool of spools) spool.close()
  rmSync(folder, { recursive: true, force: true })
})

test('reports come back whole and in order after a restart', () => {
  const first = open()
  for (const sequence of range(1, 12)) first.put(report(sequence))
  first.remove(first.oldest(4, Infinity).map(({ entry }) => entry))
  expect(sequences(first)).toEqual(range(5, 12))
  const second = open()
  second.put(report(13))
  expect(sequences(second)).toEqual(range(5, 13))
  const { sentAt: _, ...unsent } = report(5)
  expect(JSON.parse(second.oldest(1, 0)[0]?.text ?? '')).toEqual(unsent)
  expect(lines).toEqual([])
})

test('detects every flipped bit and torn tail, and drops only that report', () => {
  open().put(report(1))
  const [name = ''] = readdirSync(directory)
  const file = join(directory, name)
  const whole = readFileSync(file)
  const [before] = open().oldest(1, 0)
  const refused = (bytes: Uint8Array): boolean => {
    writeFileSync(file, bytes)
    const [read] = open().oldest(1, 0)
    // Some bits of the gzip header have no effect: time and system.
    expect(read?.text ?? before?.text).toBe(before?.text)
    return read === undefined
  }
  let dropped = 0
  for (let offset = 0; offset < whole.length; offset += 1) {
    const flipped = Buffer.from(whole)
    flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8))
    if (refused(flipped)) dropped += 1
  }
  expect(dropped).toBeGreaterThan(whole.length - 10)
  for (let length = 0; length < whole.length; length += 1) expect(refused(whole.subarray(0, length))).toBe(true)
})

test('after a crash, torn reports are dropped and logged, and unknown files stay', () => {
  const before = open()
  for (const sequence of [1, 2, 3]) before.put(report(sequence))
  const [, second = ''] = readdirSync(directory)
  writeFileSync(join(directory, second), readFileSync(join(directory, second)).subarray(0, 40))
  writeFileSync(join(directory, '000000000009-1.json.gz.tmp'), 'half')
  writeFileSync(join(directory, '000000000010-1.json.zst'), 'of a later version')
  const spool = open()
  expect(sequences(spool)).toEqual([1, 3])
  expect(spool.status().dropped).toBe(1)
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', expect.stringContaining('of another version')],
    ['warn', expect.stringContaining('damaged')],
  ])
  spool.remove(spool.oldest(9, Infinity).map(({ entry }) => entry))
  expect(readdirSync(directory)).toEqual(['000000000010-1.json.zst'])
})

test('sends uncompressed reports of an earlier version, unless they are torn', () => {
  open().put(report(1))
  const { sentAt: _, ...unsent } = report(7)
  writeFileSync(join(directory, `000000000007-${wall}.json`), JSON.stringify(unsent))
  writeFileSync(join(directory, `000000000008-${wall}.json`), JSON.stringify(unsent).slice(0, 40))
  expect(sequences(open())).toEqual([1, 7])
})

test('the byte bound drops the oldest reports, counted and logged once a minute', () => {
  const spool = open({ diskBytes: sizeOf(report(1)) * 5 + 100 })
  for (const sequence of range(1, 9)) spool.put(report(sequence))
  expect(sequences(spool)).toEqual(range(5, 9))
  expect(readdirSync(directory)).toHaveLength(5)
  expect(spool.status()).toMatchObject({ reports: 5, dropped: 4 })
  clock += 61_000
  spool.put(report(10))
  expect(lines).toMatchObject([
    { level: 'warn', fields: { droppedReports: 1, droppedInAll: 1 } },
    { level: 'warn', fields: { droppedReports: 4, droppedInAll: 5 } },
  ])
})

test('the age bound uses the monotonic clock', () => {
  const spool = open()
  for (const sequence of range(1, 3)) spool.put(report(sequence))
  wall += 48 * HOUR
  spool.put(report(4))
  wall -= 96 * HOUR
  spool.put(report(5))
  expect(sequences(spool)).toEqual(range(1, 5))
  clock += 25 * HOUR
  spool.put(report(6))
  expect(sequences(spool)).toEqual([6])
  expect(lines).toMatchObject([
    { level: 'warn', message: 'unsent reports became too old for the spool and were dropped' },
  ])
})

test('after a restart the wall clock gives the age; a clock set back ages nothing', () => {
  const first = open()
  first.put(report(1))
  wall += 25 * HOUR
  first.put(report(2))
  wall -= 1 * HOUR
  const second = open()
  second.put(report(3))
  expect(sequences(second)).toEqual([1, 2, 3])
  wall += 2 * HOUR
  const third = open()
  third.put(report(4))
  expect(sequences(third)).toEqual([2, 3, 4])
})

test.each([
  { name: 'stands still', jump: 0 },
  { name: 'is set five hours ahead', jump: 5 * HOUR },
  { name: 'is set five hours back', jump: -5 * HOUR },
])('a report keeps its true age if the clock $name', ({ jump }) => {
  const spool = open()
  const made = report(1)
  spool.put(made)
  wall += jump + 7000
  clock += 7000
  const [waiting] = spool.oldest(1, 0)
  expect(Date.parse(waiting?.sentAt ?? '') - Date.parse(made.observedAt)).toBe(7000)
})

test('an unwritable disk keeps reports in bounded memory and is logged once', () => {
  writeFileSync(join(folder, 'spool'), 'a file where the folder should be')
  const spool = open({ memoryBytes: sizeOf(report(1)) * 3 + 60 })
  for (const sequence of range(1, 5)) spool.put(report(sequence))
  expect(spool.status()).toMatchObject({ reports: 3, dropped: 2, onDisk: false })
  expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  rmSync(join(folder, 'spool'))
  spool.put(report(6))
  expect(spool.status()).toMatchObject({ reports: 4, onDisk: true })
  expect(lines.at(-1)).toMatchObject({ level: 'info', message: expect.stringContaining('can be written again') })
  // The reports from memory are on disk now.
  expect(sequences(open())).toEqual([3, 4, 5, 6])
  // A disk that fills and empties with each report gets two lines a minute.
  const said = lines.length
  for (let turn = 0; turn < 5; turn += 1) {
    rmSync(join(folder, 'spool'), { recursive: true })
    writeFileSync(join(folder, 'spool'), 'full')
    spool.put(report(7 + turn * 2))
    rmSync(join(folder, 'spool'))
    spool.put(report(8 + turn * 2))
    clock += 10_000
  }
  expect(lines.slice(said)).toEqual([])
})

test('a delta stays on the disk until its whole report is there', () => {
  const spool = open()
  spool.put(report(2), makeDelta('base', report(1), report(2)))
  const [delta = ''] = readdirSync(directory)
  const whole = delta.replace('.delta', '')
  mkdirSync(join(directory, `${whole}.tmp`))
  for (const { entry } of spool.oldest(1, 0)) expect(spool.makeWhole(entry)).toBe(true)
  expect(spool.status()).toMatchObject({ reports: 1, onDisk: false })
  expect(readdirSync(directory)).toContain(delta)
  rmSync(join(directory, `${whole}.tmp`), { recursive: true })
  spool.put(report(3))
  expect(readdirSync(directory)).toEqual([whole, expect.stringMatching(/^0{11}2-/)])
  expect(sequences(spool)).toEqual([2, 3])
})

test('a removed folder is logged once with the lost reports; later reports are kept', () => {
  const spool = open()
  for (const sequence of range(1, 4)) spool.put(report(sequence))
  rmSync(folder, { recursive: true })
  spool.put(report(5))
  expect(sequences(spool)).toEqual([5])
  expect(spool.status()).toMatchObject({ dropped: 4, onDisk: true })
  expect(lines).toHaveLength(1)
})

function open(limits: Partial<SpoolLimits> = {}): Spool {
  const note = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
  const log = { info: note('info'), warn: note('warn'), error: note('error') }
  const spool = openSpool({
    directory,
    limits: { ...SPOOL_LIMITS, ...limits },
    clock: stoppedClock({ wall: () => wall, monotonic: () => clock }),
    log,
  })
  spools.push(spool)
  return spool
}

function report(sequence: number): Report {
  const at = new Date(wall).toISOString()
  return { ...golden, sequence, observedAt: at, sentAt: at }
}

function sequences(spool: Spool): number[] {
  return spool
    .oldest(Infinity, Infinity)
    .map(({ text }) => schema.parse({ sentAt: golden.sentAt, ...JSON.parse(text) }).sequence)
}

function sizeOf(one: Report): number {
  const alone = openSpool({
    directory: join(folder, 'alone'),
    limits: SPOOL_LIMITS,
    clock: stoppedClock({ wall: () => wall, monotonic: () => clock }),
    log: console,
  })
  alone.put(one)
  const { bytes } = alone.status()
  alone.close()
  return bytes
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
