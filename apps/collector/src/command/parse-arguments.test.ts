import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readEnvironment } from '../env.ts'
import { parseArguments, UsageError } from './parse-arguments.ts'

const NONE = readEnvironment({})
const SERVER = ['run', '--server', 'https://slashzero.example']

test('run has its defaults', () => {
  expect(parseArguments(SERVER, NONE)).toEqual({
    name: 'run',
    settings: {
      server: 'https://slashzero.example',
      enrolmentToken: null,
      stateDir: '/var/lib/slashzero-collector',
      intervalMilliseconds: 15_000,
      labels: {},
      guestAgents: new Map(),
    },
  })
})

test('the environment says what no flag says, and an empty variable nothing', () => {
  const environment = readEnvironment({
    SLASHZERO_SERVER: 'http://[::1]:3000',
    SLASHZERO_ENROLMENT_TOKEN: 'sz_enrol_a',
    SLASHZERO_STATE_DIR: '/run/a',
    SLASHZERO_INTERVAL_SECONDS: '',
  })
  expect(parseArguments(['run', '--state-dir', '/run/b', '--interval', '2.5'], environment)).toMatchObject({
    settings: { server: 'http://[::1]:3000', enrolmentToken: 'sz_enrol_a', stateDir: '/run/b', intervalMilliseconds: 2500 },
  })
})

test('labels and guest agents repeat; a value may have an equals sign, and so may a VM name', () => {
  const args = ['once', '--json', '--label', 'site=par1', '--label', 'q=a=b', '--guest-agent', 'vm=1=/run/a.sock']
  expect(parseArguments(args, NONE)).toEqual({
    name: 'once',
    json: true,
    settings: { labels: { site: 'par1', q: 'a=b' }, guestAgents: new Map([['vm=1', '/run/a.sock']]) },
  })
})

describe('a token in a file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slashzero-arguments-'))
    writeFileSync(join(folder, 'token'), 'sz_enrol_file\n')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is read, before the one in the environment', () => {
    const environment = readEnvironment({ SLASHZERO_ENROLMENT_TOKEN: 'sz_enrol_variable' })
    const args = [...SERVER, '--enrolment-token-file', join(folder, 'token')]
    expect(parseArguments(args, environment)).toMatchObject({ settings: { enrolmentToken: 'sz_enrol_file' } })
    const named = readEnvironment({ SLASHZERO_ENROLMENT_TOKEN_FILE: join(folder, 'token') })
    expect(parseArguments(SERVER, named)).toMatchObject({ settings: { enrolmentToken: 'sz_enrol_file' } })
  })

  test('that is not there is said', () => {
    expect(() => parseArguments([...SERVER, '--enrolment-token-file', join(folder, 'none')], NONE)).toThrow(/^the enrolment token cannot be read: ENOENT/)
  })
})

test.each([
  [[], 'say what to do: once or run'],
  [['watch'], 'there is no command "watch"'],
  [['once', '--server', 'x'], "Unknown option '--server'; see slashzero-collector once --help"],
  [['once', 'extra'], "Unexpected argument 'extra'"],
  [['run'], 'run wants to know the server'],
  [['run', '--server'], "'--server <value>' argument missing"],
  [['run', '--server', 'ftp://x'], '--server wants an http or https URL, and got "ftp://x"'],
  [[...SERVER, '--interval', '0'], '--interval wants a number of seconds from 1 to 3600, and got "0"'],
  [[...SERVER, '--interval', '1e3'], '--interval wants'],
  [[...SERVER, '--label', 'a'], '--label wants KEY=VALUE, and got "a"'],
  [[...SERVER, '--label', `a=${'b'.repeat(256)}`], '--label a is too long'],
  [[...SERVER, '--guest-agent', 'vm='], '--guest-agent wants VM-NAME=SOCKET-PATH'],
  [[...SERVER, '--enrolment-token', 'a', '--enrolment-token-file', 'b'], 'give one of them'],
])('%j is a usage error of one sentence', (args, message) => {
  const parse = () => parseArguments(args, NONE)
  expect(parse).toThrow(UsageError)
  expect(parse).toThrow(message)
  expect(parse).not.toThrow('\n')
})

test.each([['--help'], ['help'], ['run', '--help'], ['once', '-h'], ['help', 'run']])('%j explains', (...args) => {
  expect(parseArguments(args, NONE)).toMatchObject({ name: 'help', text: expect.stringContaining('slashzero-collector') })
})

test('the help of run names every flag and variable that it takes', () => {
  const help = parseArguments(['run', '--help'], NONE)
  for (const word of ['--server', '--enrolment-token', '--enrolment-token-file', '--state-dir', '--interval', '--guest-agent', '--label']) {
    expect(help).toMatchObject({ text: expect.stringContaining(`  ${word} `) })
  }
})
