import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

describe.skipIf(process.getuid?.() !== 0)('a command of root in the data folder of another user', () => {
  let place: string
  let data: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'slashzero-data-'))
    chmodSync(place, 0o755)
    data = join(place, 'data')
    mkdirSync(data)
    chownSync(data, 65534, 65534)
  })
  afterEach(() => rmSync(place, { recursive: true }))

  const slashzero = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SLASHZERO_DATA_DIR: data, ...env },
    })
  const refusal = () => expect.stringContaining(`${data} belongs to user 65534, so root does not work in`)

  test('writes nothing', () => {
    writeFileSync(join(place, 'victim'), 'of root')
    symlinkSync(join(place, 'victim'), join(data, 'running.json'))
    expect(slashzero(['token', 'list'])).toMatchObject({ status: 1, stderr: refusal() })
    expect(readFileSync(join(place, 'victim'), 'utf8')).toBe('of root')
  })

  test.each([
    ['user', 'setup-link'],
    ['lab', 'leak'],
  ])('%s takes no port from there for a token', (...args) => {
    writeFileSync(join(data, 'running.json'), JSON.stringify({ pid: process.pid, port: 4242 }))
    const url = 'postgresql://nobody@127.0.0.1:9/none'
    expect(slashzero(args, { DATABASE_URL: url })).toMatchObject({ status: 1, stdout: '', stderr: refusal() })
  })
})

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
