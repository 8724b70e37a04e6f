import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findUnsent } from './find-unsent.ts'

const NOW = Date.UTC(2026, 0, 1)
const MINUTE = 60_000

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'slashzero-unsent-'))
})
afterEach(() => rmSync(stateDir, { recursive: true }))

function spool(...ages: number[]): void {
  const folder = join(stateDir, 'spool', 'host-0001')
  mkdirSync(folder, { recursive: true })
  for (const [index, age] of ages.entries())
    writeFileSync(join(folder, `${String(index + 1).padStart(12, '0')}-${NOW - age}.json.gz`), '')
}

test('counts reports that wait for long, with the time of the oldest', () => {
  spool(12 * MINUTE, MINUTE, 0)
  expect(findUnsent(stateDir, NOW)).toMatchObject([
    {
      level: 'note',
      problem: '3 reports wait for the server, the oldest since 2025-12-31T23:48:00.000Z',
      steps: [{ command: expect.stringContaining('journalctl') }],
    },
  ])
})

test('new reports, an empty spool and a missing collector give no finding', () => {
  expect(findUnsent(stateDir, NOW)).toEqual([])
  spool(MINUTE, 0)
  expect(findUnsent(stateDir, NOW)).toEqual([])
  expect(findUnsent(join(stateDir, 'nowhere'), NOW)).toEqual([])
})

test('leaves a file alone that the collector is writing', () => {
  spool(0)
  const folder = join(stateDir, 'spool', 'host-0001')
  writeFileSync(join(folder, `000000000002-${NOW}.json.gz.tmp`), '')
  findUnsent(stateDir, NOW)
  expect(readdirSync(folder)).toHaveLength(2)
})
