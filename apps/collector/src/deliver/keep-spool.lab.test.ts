import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildReport } from '@slashzero/contract/testing'
import { systemClock } from '../clock.ts'
import { findUnsent } from '../doctor/find-unsent.ts'
import { sampleTap } from '../testing/sample-tap.ts'
import { SPOOL_LIMITS } from './delivery.ts'
import { openSpool } from './keep-spool.ts'
import type { Spool } from './keep-spool.ts'

describe.skipIf(process.getuid?.() !== 0)('the spool on a real file system', () => {
  let folder: string
  let mounts: string[]
  let spools: Spool[]
  let lines: string[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slashzero-spool-'))
    mounts = []
    spools = []
    lines = []
  })
  afterEach(() => {
    for (const spool of spools) spool.close()
    for (const place of mounts) execFileSync('umount', [place])
    rmSync(folder, { recursive: true, force: true })
  })

  test('a power cut loses no report older than two seconds and leaves no half report', async () => {
    const disk = join(folder, 'disk')
    writeFileSync(disk, '')
    truncateSync(disk, 16 * 1024 * 1024)
    execFileSync('mkfs.ext4', ['-q', disk])
    // The file system itself writes nothing for five minutes.
    const spool = open(mount('before', '-o', 'loop,commit=300', disk))
    for (let sequence = 1; sequence <= 20; sequence += 1) spool.put(report(sequence))
    await sleep(4000)
    for (let sequence = 21; sequence <= 23; sequence += 1) spool.put(report(sequence))
    // The image file below the mounted file system has only the flushed data.
    copyFileSync(disk, `${disk}-after`)
    const after = open(mount('after', '-o', 'loop', `${disk}-after`))
    expect(sequences(after).slice(0, 20)).toEqual(range(1, 20))
    expect(sequences(spool)).toEqual(range(1, 23))
  })

  test('a full disk moves reports to memory, logged once, until there is room again', () => {
    const place = mount('full', '-t', 'tmpfs', '-o', 'size=64k', 'none')
    const spool = open(place)
    for (let sequence = 1; sequence <= 60; sequence += 1) spool.put(report(sequence))
    expect(spool.status()).toMatchObject({ reports: 60, dropped: 0, onDisk: false })
    expect(lines).toEqual([expect.stringContaining('error cannot write the spool: reports are kept in memory only')])
    expect(lines[0]).toContain('ENOSPC')
    expect(findUnsent(place, Date.now())).toMatchObject([
      { problem: expect.stringContaining('has no room left: unsent reports are in memory only') },
    ])
    const early = spool.oldest(5, Infinity)
    expect(early).toHaveLength(5)
    execFileSync('mount', ['-o', 'remount,size=4M', place])
    spool.put(report(61))
    expect(spool.status()).toMatchObject({ reports: 61, dropped: 0, onDisk: true })
    expect(lines.slice(1)).toEqual([expect.stringContaining('info the spool can be written again')])
    expect(sequences(open(place))).toEqual(range(1, 61))
  })

  test('on a read-only disk new reports stay in memory, and old reports are sent', () => {
    const place = mount('read-only', '-t', 'tmpfs', '-o', 'size=4M', 'none')
    const spool = open(place)
    spool.put(report(1))
    execFileSync('mount', ['-o', 'remount,ro', place])
    spool.put(report(2))
    expect(spool.status()).toMatchObject({ reports: 2, onDisk: false })
    expect(findUnsent(place, Date.now())).toMatchObject([
      { problem: expect.stringContaining('is on a file system that is read-only') },
    ])
    expect(sequences(spool)).toEqual([1, 2])
    spool.remove(spool.oldest(9, Infinity).map(({ entry }) => entry))
    expect(spool.status()).toMatchObject({ reports: 0, dropped: 0 })
    execFileSync('mount', ['-o', 'remount,rw', place])
    writeFileSync(join(place, 'spool', '000000000009-1.json.gz.tmp'), '')
    expect(sequences(open(place))).toEqual([1])
  })

  function mount(name: string, ...options: string[]): string {
    const place = join(folder, name)
    mkdirSync(place)
    execFileSync('mount', [...options, place])
    mounts.push(place)
    return place
  }

  function open(place: string): Spool {
    const note = (level: string) => (fields: object, message: string) =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
    const log = { info: note('info'), warn: note('warn'), error: note('error') }
    const spool = openSpool({
      directory: join(place, 'spool'),
      limits: SPOOL_LIMITS,
      clock: systemClock,
      log,
    })
    spools.push(spool)
    return spool
  }
})

function report(sequence: number) {
  return buildReport(sequence, { taps: [sampleTap(sequence)], sentAt: new Date().toISOString() })
}

function sequences(spool: Spool): unknown[] {
  return spool.oldest(Infinity, Infinity).map(({ text }) => JSON.parse(text).sequence)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
