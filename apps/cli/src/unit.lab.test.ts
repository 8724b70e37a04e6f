import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const UNIT = fileURLToPath(new URL('../systemd/slashzero.service', import.meta.url))

describe.skipIf(!existsSync('/usr/bin/systemd-analyze'))('the unit of the server', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slashzero-unit-'))
    chmodSync(folder, 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('systemd finds nothing wrong in the unit', () => {
    const unit = join(folder, 'slashzero.service')
    copyFileSync(UNIT, unit)
    expect(spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: expect.not.stringContaining('slashzero.service'),
    })
  })

  test('systemd rates the exposure of the unit at 3.0 or better', () => {
    const said = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', UNIT], {
      encoding: 'utf8',
    })
    expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(3)
  })

  test('the unit starts again after every end, has limits, and bounds what it logs', () => {
    const text = readFileSync(UNIT, 'utf8')
    for (const line of [
      'Restart=always',
      'MemoryMax=',
      'TasksMax=',
      'LimitNOFILE=',
      'LogRateLimitBurst=',
      'KillMode=mixed',
    ]) {
      expect(text).toContain(`\n${line}`)
    }
  })
})
