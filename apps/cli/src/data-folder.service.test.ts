import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

test.skipIf(process.getuid?.() !== 0)('a command of root writes nothing into the data folder of another user', () => {
  const place = mkdtempSync(join(tmpdir(), 'slashzero-data-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  chmodSync(place, 0o755)
  const data = join(place, 'data')
  mkdirSync(data)
  chownSync(data, 65534, 65534)
  writeFileSync(join(place, 'victim'), 'of root')
  symlinkSync(join(place, 'victim'), join(data, 'running.json'))
  const { status, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('main.ts', import.meta.url)), 'token', 'list'],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SLASHZERO_DATA_DIR: data },
    },
  )
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(`${data} belongs to user 65534, so root does not work in`),
  ])
  expect(readFileSync(join(place, 'victim'), 'utf8')).toBe('of root')
})
