import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBoundedLog } from './bounded-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a log keeps five files within its bound, the latest lines among them', () => {
  const log = openBoundedLog(join(folder, 'server.log'), 1000)
  for (let line = 0; line < 1000; line += 1) log.write(`line ${line} ${'x'.repeat(90)}\n`)
  log.close()
  const names = readdirSync(folder).toSorted()
  expect(names).toEqual(['server.log', 'server.log.1', 'server.log.2', 'server.log.3', 'server.log.4'])
  for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1100)
  expect(readFileSync(join(folder, 'server.log'), 'utf8')).toContain('line 999 ')
})

test('the log of the start before becomes the older file', () => {
  for (const text of ['first', 'second']) {
    const log = openBoundedLog(join(folder, 'server.log'))
    log.write(text)
    log.close()
  }
  expect(readFileSync(join(folder, 'server.log.1'), 'utf8')).toBe('first')
  expect(readFileSync(join(folder, 'server.log'), 'utf8')).toBe('second')
})

test.skipIf(process.platform !== 'linux')('a line that cannot be written is lost without an error', () => {
  const log = openBoundedLog(join(folder, 'server.log'), 10)
  log.write('eleven bytes\n')
  rmSync(folder, { recursive: true })
  expect(() => log.write('nowhere')).not.toThrow()
  folder = mkdtempSync(join(tmpdir(), 'slashzero-log-'))
})
