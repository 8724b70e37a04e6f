import { parseArgs } from 'node:util'
import { CONFIGURATION_FILE, KEYS, SETTINGS } from '../config/index.ts'
import type { Key, Said } from '../config/index.ts'
import { helpOf } from './help.ts'

/** Said to the person who typed the command, in one sentence; the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** What a command line says of the settings. `file` is null where it names none. */
export type Given = { file: string | null; flags: Said }

const DOCTOR_FORMATS = ['text', 'json', 'nagios', 'checkmk'] as const
export type DoctorFormat = (typeof DOCTOR_FORMATS)[number]

export type Command =
  | { name: 'help'; text: string }
  | { name: 'version' }
  | { name: 'once'; given: Given; json: boolean }
  | { name: 'run'; given: Given }
  | { name: 'doctor'; given: Given; format: DoctorFormat }
  | { name: 'config check'; file: string }
  | { name: 'push-token'; given: Given; vm: string }

/** Reads the command line, without node and script. Throws UsageError. */
export function parseArguments(args: readonly string[]): Command {
  const [name, ...rest] = args
  switch (name) {
    case undefined:
      throw new UsageError(`say what to do: ${COMMANDS}; see slashzero-collector --help`)
    case 'help':
    case '-h':
    case '--help':
      return { name: 'help', text: helpOf(rest[0]) }
    case 'version':
    case '--version':
      return { name: 'version' }
    case 'once': {
      const { values } = parse(name, rest, [...READING, 'json'])
      return values['help'] === true
        ? { name: 'help', text: helpOf(name) }
        : { name, given: readGiven(values), json: values['json'] === true }
    }
    case 'run': {
      const { values } = parse(name, rest, [...READING, ...SENDING])
      return values['help'] === true ? { name: 'help', text: helpOf(name) } : { name, given: readGiven(values) }
    }
    case 'doctor': {
      const { values } = parse(name, rest, ['guest-agent', ...OFF_LINK, 'watch-advertisements', 'json', 'format'])
      return values['help'] === true
        ? { name: 'help', text: helpOf(name) }
        : { name, given: readGiven(values), format: readFormat(values) }
    }
    case 'config':
      return readConfigCommand(rest)
    case 'push-token': {
      const { values, positionals } = parse(name, rest, ['state-dir'], 1)
      const [vm, another] = positionals
      if (values['help'] === true) return { name: 'help', text: helpOf(name) }
      if (!vm || vm.length > 255 || another !== undefined) {
        throw new UsageError('push-token wants one VM, by its uuid or name; see slashzero-collector push-token --help')
      }
      return { name, given: readGiven(values), vm }
    }
    default:
      throw new UsageError(`there is no command ${JSON.stringify(name)}; there are ${COMMANDS}`)
  }
}

const COMMANDS = 'once, run, doctor, push-token and config check'
const OFF_LINK = ['off-link-source', 'off-link-tcp-ports']
const READING = ['label', 'guest-agent', ...OFF_LINK]
const SENDING = [
  'watch-advertisements',
  'server',
  'server-ca',
  'enrolment-token',
  'enrolment-token-file',
  'state-dir',
  'interval',
  'metrics-listen',
  'metrics-textfile',
  'guest-push-listen',
]
const SWITCHES = new Set(['json', 'help', 'watch-advertisements'])
const REPEATED = new Set(['label', 'guest-agent'])

type Values = { [flag in string]?: string | boolean | (string | boolean)[] }

function parse(
  command: string,
  args: string[],
  flags: readonly string[],
  positionals = 0,
): { values: Values; positionals: string[] } {
  const options = [...flags, 'config', 'help'].map((flag) => {
    const option = { type: SWITCHES.has(flag) ? 'boolean' : 'string', multiple: REPEATED.has(flag) } as const
    return [flag, flag === 'help' ? { ...option, short: 'h' } : option] as const
  })
  try {
    return parseArgs({ args, options: Object.fromEntries(options), strict: true, allowPositionals: positionals > 0 })
  } catch (error) {
    const problem = error instanceof Error ? error.message.split(/\. |\n/, 1)[0] : String(error)
    throw new UsageError(`${problem}; see slashzero-collector ${command} --help`)
  }
}

function readGiven(values: Values): Given {
  const flags: { [key in Key]?: string | string[] } = {}
  for (const key of KEYS) {
    const value = values[SETTINGS[key].flag]
    if (value !== undefined) flags[key] = Array.isArray(value) ? value.map(String) : String(value)
  }
  return { file: typeof values['config'] === 'string' ? values['config'] : null, flags }
}

function readFormat({ json, format }: Values): DoctorFormat {
  if (format === undefined) return json === true ? 'json' : 'text'
  const known = DOCTOR_FORMATS.find((one) => one === format)
  if (known === undefined)
    throw new UsageError(`--format wants one of ${DOCTOR_FORMATS.join(', ')}, and got ${JSON.stringify(format)}`)
  if (json === true && known !== 'json')
    throw new UsageError(`--json and --format ${known} contradict each other: give one of them`)
  return known
}

function readConfigCommand([what, ...rest]: string[]): Command {
  if (what === '--help' || what === '-h') return { name: 'help', text: helpOf('config') }
  if (what !== 'check')
    throw new UsageError('config wants to know what to do: config check [FILE]; see slashzero-collector config --help')
  const { values, positionals } = parse('config', rest, [], 1)
  const [file, another] = typeof values['config'] === 'string' ? [values['config'], ...positionals] : positionals
  if (values['help'] === true) return { name: 'help', text: helpOf('config') }
  if (another !== undefined) throw new UsageError(`config check wants one file, and got ${JSON.stringify(another)} too`)
  return { name: 'config check', file: file ?? CONFIGURATION_FILE }
}
