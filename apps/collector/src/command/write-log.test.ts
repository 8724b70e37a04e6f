import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SCRIPT = `
  const { log } = await import(${JSON.stringify(new URL('write-log.ts', import.meta.url).href)})
  log.info({}, 'started')
  log.error({ vm: 'a\\n\\u001b[31m\\u202eb' }, 'could not\\nread')
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(streamOf: (stat: { dev: number; ino: number }) => string, script = SCRIPT): string[] {
  const file = join(folder, 'stderr')
  const stderr = openSync(file, 'w')
  const env = { ...process.env, JOURNAL_STREAM: streamOf(fstatSync(stderr)) }
  spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', stderr], env })
  closeSync(stderr)
  return readFileSync(file, 'utf8').split('\n')
}

test.each([
  { name: 'is inherited from another service', stream: () => '1:2' },
  { name: 'is not set', stream: () => '' },
])('a line has its time and level if JOURNAL_STREAM $name', ({ stream }) => {
  expect(write(stream)).toEqual([
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z info started$/),
    expect.stringMatching(/Z error could not␊read \{"vm":"a\\n\\u001b\[31m\ufffdb"\}$/),
    '',
  ])
})

test('a failed start is an error in the journal; elsewhere it names the program', () => {
  const main = `process.argv.push('main', 'run', '--interval', '0'); await import(${JSON.stringify(new URL('../main.ts', import.meta.url).href)})`
  expect(write(({ dev, ino }) => `${dev}:${ino}`, main)).toEqual([
    expect.stringMatching(/^<3>--interval: it is 0; it should be/),
    '',
  ])
  expect(write(() => '', main)).toEqual([
    expect.stringMatching(/^slashzero-collector: --interval: it is 0; it should be/),
    '',
  ])
})

test('a line for the journal has its priority, and the journal adds the time', () => {
  expect(write(({ dev, ino }) => `${dev}:${ino}`)).toEqual([
    '<6>started',
    '<3>could not␊read {"vm":"a\\n\\u001b[31m\ufffdb"}',
    '',
  ])
})
