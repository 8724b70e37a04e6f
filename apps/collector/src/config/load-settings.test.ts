import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readEnvironment } from '../env.ts'
import { loadSettings } from './load-settings.ts'
import { ConfigurationError } from './problem.ts'
import { readFile } from './read-file.ts'
import { DEFAULTS, KEYS } from './settings.ts'
import type { Texts } from './to-source.ts'

const EXAMPLE = new URL('../../collector.toml', import.meta.url)

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-config-'))
  file = join(folder, 'collector.toml')
})
afterEach(() => rmSync(folder, { recursive: true }))

function load(text: string, environment: NodeJS.ProcessEnv = {}, flags: Texts = {}) {
  writeFileSync(file, text)
  return loadSettings({ file, environment: readEnvironment(environment), flags }).settings
}

function problemsOf(text: string, environment: NodeJS.ProcessEnv = {}, flags: Texts = {}): string[] {
  try {
    load(text, environment, flags)
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return error.message.replaceAll(`${folder}/`, '').split('\n')
  }
}

test('the sample file gives every default, and every key a value that fits', () => {
  const text = readFileSync(EXAMPLE, 'utf8')
  // The file ends outside any table, so an appended line is a setting.
  const defaults = Object.fromEntries(
    Object.entries(DEFAULTS).filter(([key, value]) => value !== null && !['labels', 'guest-agents'].includes(key)),
  )
  expect(readFile(EXAMPLE.pathname)).toMatchObject({ values: defaults, problems: [] })
  expect(Object.keys(readFile(EXAMPLE.pathname).values).toSorted()).toEqual(Object.keys(defaults).toSorted())
  expect(load(`${text}server = "https://a.example"\n`).server).toBe('https://a.example')
  writeFileSync(file, text.replaceAll(/^#(?! )/gm, ''))
  const { values, problems } = readFile(file)
  expect(problems).toEqual([])
  expect(Object.keys(values).toSorted()).toEqual([...KEYS].toSorted())
  expect([values.labels, values['guest-agents']]).toEqual([{ site: 'par1' }, { 'vm-101': '/run/qemu/vm-101.qga' }])
})

test('an empty file leaves the defaults', () => {
  expect(load('')).toEqual({
    server: null,
    serverCa: null,
    enrolmentToken: null,
    stateDir: '/var/lib/slashzero-collector',
    intervalMilliseconds: 15_000,
    metricsListen: null,
    metricsTextfile: null,
    offLinkSource: null,
    offLinkTcpPorts: [22, 3389],
    guestPushListen: null,
    watchAdvertisements: false,
    labels: {},
    guestAgents: new Map(),
  })
})

const FILE =
  'server = "https://file.example"\nstate-dir = "/file"\ninterval = 10\n[labels]\nfrom = "file"\nsite = "par1"\n'

test.each<{ name: string; environment: NodeJS.ProcessEnv; flags: Texts; expected: object }>([
  {
    name: 'a file before the defaults',
    environment: { SLASHZERO_INTERVAL_SECONDS: '' },
    flags: {},
    expected: {
      server: 'https://file.example',
      stateDir: '/file',
      intervalMilliseconds: 10_000,
      labels: { from: 'file', site: 'par1' },
    },
  },
  {
    name: 'a variable before the file, and a flag that no other source sets',
    environment: {
      SLASHZERO_SERVER: 'http://[::1]:3000',
      SLASHZERO_INTERVAL_SECONDS: '2.5',
      SLASHZERO_METRICS_LISTEN: '9469',
      SLASHZERO_WATCH_ADVERTISEMENTS: 'true',
    },
    flags: { 'metrics-textfile': '/a.prom' },
    expected: {
      server: 'http://[::1]:3000',
      stateDir: '/file',
      intervalMilliseconds: 2500,
      metricsListen: { host: '127.0.0.1', port: 9469 },
      metricsTextfile: '/a.prom',
      watchAdvertisements: true,
    },
  },
  {
    name: 'a flag before the variable, and one entry of a table at a time',
    environment: { SLASHZERO_SERVER: 'https://variable.example', SLASHZERO_STATE_DIR: '/variable' },
    flags: { server: 'https://flag.example', labels: ['from=flag', 'q=a=b'], 'guest-agents': ['vm=1=/run/a.sock'] },
    expected: {
      server: 'https://flag.example',
      stateDir: '/variable',
      labels: { from: 'flag', site: 'par1', q: 'a=b' },
      guestAgents: new Map([['vm=1', '/run/a.sock']]),
    },
  },
])('$name', ({ environment, flags, expected }) => {
  expect(load(FILE, environment, flags)).toMatchObject(expected)
})

test('a token comes from the first source with a token, as text or as a file', () => {
  const token = join(folder, 'token')
  writeFileSync(token, 'sz_enrol_file\n')
  const inFile = 'enrolment-token = "sz_enrol_toml"\n'
  expect(load(inFile).enrolmentToken).toBe('sz_enrol_toml')
  expect(load(inFile, { SLASHZERO_ENROLMENT_TOKEN_FILE: token }).enrolmentToken).toBe('sz_enrol_file')
  expect(
    load(inFile, { SLASHZERO_ENROLMENT_TOKEN: 'sz_enrol_variable' }, { 'enrolment-token-file': token }).enrolmentToken,
  ).toBe('sz_enrol_file')
})

test.each<{ text: string; expected: (string | RegExp)[] }>([
  {
    text: '# mine\n\nintervall = 5\nserver = "https://a.example"',
    expected: ['collector.toml:3: intervall: unknown key; did you mean interval?'],
  },
  {
    text: 'State_Dir = "/a"\ncolour = "red"',
    expected: [
      'collector.toml:1: State_Dir: unknown key; did you mean state-dir?',
      /^collector\.toml:2: colour: unknown key; the keys are server, server-ca, enrolment-token, .+, guest-agents$/,
    ],
  },
  {
    text: 'interval = "15"',
    expected: [
      'collector.toml:1: interval: it is "15"; it should be a number of seconds from 1 to 3600, for instance 15',
    ],
  },
  {
    text: 'watch-advertisements = "yes"',
    expected: ['collector.toml:1: watch-advertisements: it is "yes"; it should be true or false'],
  },
  {
    text: '\n\ninterval = 0',
    expected: [/^collector\.toml:3: interval: it is 0; it should be a number of seconds from 1 to 3600/],
  },
  {
    text: 'interval = inf',
    expected: [/^collector\.toml:1: interval: it is Infinity; it should be a number of seconds/],
  },
  {
    text: 'guest-push-listen = "9470"',
    expected: [
      'collector.toml:1: guest-push-listen: it is "9470"; it should be an address and a port like "192.0.2.1:9470" or "[::]:9470"',
    ],
  },
  {
    text: 'metrics-listen = ":9469"\nmetrics-textfile = "/a.txt"',
    expected: [
      'collector.toml:1: metrics-listen: it is ":9469"; it should be an address and a port like "127.0.0.1:9469" or "[::1]:9469", or "9469" for that port of 127.0.0.1',
      /^collector\.toml:2: metrics-textfile: it is "\/a\.txt"; it should be the path of a file that ends in \.prom/,
    ],
  },
  {
    text: 'server = "ftp://a"\nstate-dir = ""',
    expected: [
      'collector.toml:1: server: it is "ftp://a"; it should be an http or https URL, for instance "https://slashzero.example"',
      /^collector\.toml:2: state-dir: it is ""; it should be the path of a folder/,
    ],
  },
  {
    text: '[labels]\nsite = "par1"\n# the rack\nrack = 3',
    expected: ['collector.toml:4: labels.rack: it is 3; it should be text of 1 to 255 characters, for instance "par1"'],
  },
  {
    text: `[labels]\n${'k'.repeat(65)} = "a"`,
    expected: [/^collector\.toml:2: labels\.k+: the name does not fit; it should be a name of 1 to 64/],
  },
  {
    text: `[labels]\n${Array.from({ length: 65 }, (_, nth) => `k${nth} = "a"`).join('\n')}`,
    expected: [/^collector\.toml:1: labels: it is .{1,200}; it should be a table of at most 64 labels$/],
  },
  { text: 'labels = { a = "b", c = 1 }', expected: [/^collector\.toml:1: labels\.c: it is 1;/] },
  {
    text: '[guest-agents]\n\nserver = "https://a.example"\nenrolment-token = "sz_enrol_secret"',
    expected: [
      'collector.toml:3: guest-agents.server: the line is below [guest-agents], so it is an entry of that table, not the setting server; move the line above the first one in [brackets]',
      /^collector\.toml:4: guest-agents\.enrolment-token: the line is below \[guest-agents\], .+ not the setting enrolment-token; move the line/,
    ],
  },
  {
    text: '[labels]\nsite = "par1"\ninterval = 30',
    expected: [/^collector\.toml:3: labels\.interval: the line is below \[labels\]/],
  },
  {
    text: 'labels = "site"',
    expected: [
      'collector.toml:1: labels: it is "site"; it should be a table: a line [labels], and below it lines like site = "par1"',
    ],
  },
  {
    text: '"guest-agents"."vm.1" = [\n  1,\n]\nserver = 1',
    expected: [/^collector\.toml:4: server: it is 1/, /^collector\.toml:1: guest-agents\.vm\.1: it is \[1\]/],
  },
  {
    text: 'enrolment-token = 12345',
    expected: [
      'collector.toml:1: enrolment-token: it is something else; it should be the token that `slashzero token enrol` printed, in quotes',
    ],
  },
  { text: '[[labels]]\na = "b"', expected: [/^collector\.toml:1: labels: it is .+; it should be a table/] },
  {
    text: '# a\nserver = https://a.example',
    expected: [
      'collector.toml:2: server: not valid TOML: invalid value at column 10; put text in "quotes" and numbers without quotes, and let only a # comment follow a value',
    ],
  },
  {
    text: 'interval = 5\ninterval = 6',
    expected: [/^collector\.toml:2: interval: not valid TOML: trying to redefine .+; keep one of the two$/],
  },
  {
    text: 'server "a"',
    expected: [
      /^collector\.toml:1: not valid TOML: illegal character in key at column 8; a line is KEY = VALUE or \[TABLE\]/,
    ],
  },
  { text: 'state-dir = "/a\u001b[31m\n', expected: [/^collector\.toml:1: state-dir: not valid TOML: .+ at column/] },
  { text: `server = "\\u001b[31m"`, expected: [/it is "\\u001b\[31m"/] },
  {
    text: 'enrolment-token = "a"\nenrolment-token-file = "/b"',
    expected: [/^collector\.toml:2: .*collector\.toml:1 gives the token too; give only one of the two$/],
  },
  {
    text: 'server-ca = "/nowhere"',
    expected: [/^collector\.toml:1: \/nowhere cannot be used: ENOENT.+; name a file with certificates in PEM/],
  },
  {
    text: 'server-ca = "/etc/passwd"',
    expected: [/^collector\.toml:1: \/etc\/passwd cannot be used: .+; name a file with/],
  },
  {
    text: 'enrolment-token-file = "/nowhere"',
    expected: [
      /^collector\.toml:1: the enrolment token cannot be read: ENOENT.+; make the file readable, or name another$/,
    ],
  },
])('$text names line, key and fix', ({ text, expected }) => {
  const problems = problemsOf(text)
  expect(problems.length).toBe(expected.length)
  for (const [index, one] of expected.entries()) expect(problems[index]).toMatch(one)
})

test('labels and VMs may have the name of a setting with another type of value', () => {
  const { labels, guestAgents } = load(
    '[labels]\nserver = "rack 1"\ninterval = "weekly"\n[guest-agents]\nserver = "/run/a"',
  )
  expect([labels, [...guestAgents]]).toEqual([{ server: 'rack 1', interval: 'weekly' }, [['server', '/run/a']]])
})

test('a wrong value of one source is an error even if another source has a right one', () => {
  const flags: Texts = { interval: '0', labels: ['a'], 'guest-agents': 'vm=' }
  expect(problemsOf('interval = 9999\n', { SLASHZERO_INTERVAL_SECONDS: '1e3', SLASHZERO_SERVER: 'x' }, flags)).toEqual([
    '--label: it is "a"; it should be KEY=VALUE',
    '--guest-agent: it is "vm="; it should be VM-NAME=SOCKET-PATH',
    '--interval: it is 0; it should be a number of seconds from 1 to 3600, for instance 15',
    'SLASHZERO_SERVER: it is "x"; it should be an http or https URL, for instance "https://slashzero.example"',
    'SLASHZERO_INTERVAL_SECONDS: it is "1e3"; it should be a number of seconds from 1 to 3600, for instance 15',
    'collector.toml:1: interval: it is 9999; it should be a number of seconds from 1 to 3600, for instance 15',
  ])
})

test('a named file must exist', () => {
  expect(() => loadSettings({ file: join(folder, 'none.toml'), environment: {}, flags: {} })).toThrow(
    /none\.toml: it cannot be read: ENOENT.+; create the file/,
  )
})
