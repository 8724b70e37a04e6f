import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../bin/slashzero-collector.mjs', import.meta.url))
const NOBODY = 65534

describe.skipIf(process.getuid?.() !== 0)('root beside the state directory of another user', () => {
  let place: string
  let stateDir: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'slashzero-root-'))
    chmodSync(place, 0o755)
    stateDir = join(place, 'state')
    mkdirSync(stateDir, { mode: 0o700 })
    chownSync(stateDir, NOBODY, NOBODY)
  })
  afterEach(() => rmSync(place, { recursive: true, force: true }))

  const collector = (...args: string[]) =>
    spawnSync(process.execPath, [PROGRAM, ...args, '--state-dir', stateDir], { encoding: 'utf8', timeout: 20_000 })

  test('push-token makes the key as the owner of the directory', () => {
    expect(collector('push-token', 'vm-1').stdout).toMatch(/^sz_\S+\n$/)
    expect(readdirSync(stateDir)).toEqual(['guest-push-key'])
    expect(lstatSync(join(stateDir, 'guest-push-key'))).toMatchObject({ uid: NOBODY, gid: NOBODY })
  })

  test('push-token reads no file of root through a link', () => {
    writeFileSync(join(place, 'key'), '0'.repeat(64), { mode: 0o600 })
    symlinkSync(join(place, 'key'), join(stateDir, 'guest-push-key'))
    expect(collector('push-token', 'vm-1')).toMatchObject({ status: 1, stdout: '' })
  })

  test('run does not work there, and writes nothing through a link', () => {
    writeFileSync(join(place, 'victim'), 'of root')
    symlinkSync(join(place, 'victim'), join(stateDir, 'credential.tmp'))
    const { status, stderr } = collector('run', '--server', 'http://127.0.0.1:9', '--enrolment-token', 'any')
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`belongs to user ${NOBODY}, so root does not work there`),
    ])
    expect(readFileSync(join(place, 'victim'), 'utf8')).toBe('of root')
    expect(readdirSync(stateDir)).toEqual(['credential.tmp'])
  })
})
