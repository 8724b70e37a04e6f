import { expect, test } from 'vitest'
import { KEYS, SETTINGS } from '../config/index.ts'
import { helpOf } from './help.ts'
import { parseArguments, UsageError } from './parse-arguments.ts'

test('run takes the settings of its flags and leaves the rest to other sources', () => {
  expect(parseArguments(['run', '--server', 'https://a.example', '--interval', '2.5', '--config', '/a.toml'])).toEqual({
    name: 'run',
    given: { file: '/a.toml', flags: { server: 'https://a.example', interval: '2.5' } },
  })
})

test('labels and guest agents repeat', () => {
  const args = ['once', '--json', '--label', 'site=par1', '--label', 'q=a=b', '--guest-agent', 'vm=1=/run/a.sock']
  expect(parseArguments(args)).toEqual({
    name: 'once',
    json: true,
    given: { file: null, flags: { labels: ['site=par1', 'q=a=b'], 'guest-agents': ['vm=1=/run/a.sock'] } },
  })
})

test('a switch is a setting like any other', () => {
  const given = { file: null, flags: { 'watch-advertisements': 'true' } }
  expect(parseArguments(['run', '--watch-advertisements'])).toEqual({ name: 'run', given })
})

test.each([
  [['doctor'], 'text'],
  [['doctor', '--json'], 'json'],
  [['doctor', '--format', 'json', '--json'], 'json'],
  [['doctor', '--format', 'nagios'], 'nagios'],
  [['doctor', '--format', 'checkmk'], 'checkmk'],
])('%j prints %s', (args, format) => {
  expect(parseArguments(args)).toEqual({ name: 'doctor', given: { file: null, flags: {} }, format })
})

test.each([
  [['config', 'check'], '/etc/slashzero/collector.toml'],
  [['config', 'check', 'a.toml'], 'a.toml'],
  [['config', 'check', '--config', 'a.toml'], 'a.toml'],
])('%j checks %s', (args, file) => {
  expect(parseArguments(args)).toEqual({ name: 'config check', file })
})

test.each([
  [[], 'name a command: once, run, doctor, push-token and config check'],
  [['watch'], 'unknown command "watch"'],
  [['once', '--server', 'x'], "Unknown option '--server'; see slashzero-collector once --help"],
  [['once', 'extra'], "Unexpected argument 'extra'"],
  [['run', '--server'], "'--server <value>' argument missing"],
  [['doctor', '--format', 'xml'], '--format is "xml"; pass one of text, json, nagios, checkmk'],
  [['doctor', '--json', '--format', 'nagios'], '--json and --format nagios contradict each other'],
  [['config'], '`config` needs a verb: pass config check [FILE]'],
  [['config', 'chekc'], '`config` needs a verb: pass config check [FILE]'],
  [['push-token'], '`push-token` needs one VM: pass its uuid or name'],
  [['push-token', 'a', 'b'], '`push-token` needs one VM: pass its uuid or name'],
  [['config', 'check', 'a', 'b'], '`config check` takes one file: remove "b"'],
])('%j is a usage error of one sentence', (args, message) => {
  const parse = () => parseArguments(args)
  expect(parse).toThrow(UsageError)
  expect(parse).toThrow(message)
  expect(parse).not.toThrow('\n')
})

test.each([
  ['--help'],
  ['help'],
  ['run', '--help'],
  ['once', '-h'],
  ['help', 'run'],
  ['doctor', '--help'],
  ['config', '--help'],
  ['config', 'check', '-h'],
])('%j prints help', (...args) => {
  expect(helpFor(args)).toContain('slashzero-collector')
})

test.each([['--version'], ['version']])('%s asks for the version', (argument) => {
  expect(parseArguments([argument])).toEqual({ name: 'version' })
})

test('the help of run names every flag and variable that run takes', () => {
  const help = helpFor(['run', '--help'])
  for (const { flag, variable } of KEYS.map((key) => SETTINGS[key])) {
    expect(help).toContain(`  --${flag} `)
    expect(help).toContain(variable ?? '')
  }
  expect(help).toContain('  --config FILE')
})

function helpFor(args: string[]): string {
  const command = parseArguments(args)
  if (command.name !== 'help') throw new Error(`${args.join(' ')} is not a request for help`)
  return helpOf(command.of)
}
