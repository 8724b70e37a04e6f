import { parseArgs } from 'node:util'
import { MAX_NAME_CHARACTERS, messageOf } from '@slashzero/contract/report'
import { CONFIGURATION_FILE, KEYS, SETTINGS } from '../config/index.ts'
import type { Key, Texts } from '../config/index.ts'
import { optionsOf } from './options.ts'

/** One sentence for the person who typed the command. The exit status is 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The settings on a command line. `file` is null if the command line names no file. */
export type Given = { file: string | null; flags: Texts }

const DOCTOR_FORMATS = ['text', 'json', 'nagios', 'checkmk'] as const
export type DoctorFormat = (typeof DOCTOR_FORMATS)[number]

export type Command =
  | { name: 'help'; of: string | null }
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
      throw new UsageError(`name a command: ${COMMANDS}; see slashzero-collector --help`)
    case 'help':
    case '-h':
    case '--help':
      return { name: 'help', of: rest[0] ?? null }
    case 'version':
    case '--version':
      return { name: 'version' }
    case 'once': {
      const { values } = parse(name, rest)
      return values['help'] === true
        ? { name: 'help', of: name }
        : { name, given: readGiven(values), json: values['json'] === true }
    }
    case 'run': {
      const { values } = parse(name, rest)
      return values['help'] === true ? { name: 'help', of: name } : { name, given: readGiven(values) }
    }
    case 'doctor': {
      const { values } = parse(name, rest)
      return values['help'] === true
        ? { name: 'help', of: name }
        : { name, given: readGiven(values), format: readFormat(values) }
    }
    case 'config':
      return readConfigCommand(rest)
    case 'push-token': {
      const { values, positionals } = parse(name, rest, { positionals: true })
      const [vm, another] = positionals
      if (values['help'] === true) return { name: 'help', of: name }
      if (!vm || vm.length > MAX_NAME_CHARACTERS || another !== undefined) {
        throw new UsageError(
          '`push-token` needs one VM: pass its uuid or name; see slashzero-collector push-token --help',
        )
      }
      return { name, given: readGiven(values), vm }
    }
    default:
      throw new UsageError(`unknown command ${JSON.stringify(name)}; the commands are ${COMMANDS}`)
  }
}

const COMMANDS = 'once, run, doctor, push-token and config check'

type Values = { [flag in string]?: string | boolean | (string | boolean)[] }

function parse(
  command: string,
  args: string[],
  { positionals = false } = {},
): { values: Values; positionals: string[] } {
  const options = optionsOf(command).map(({ flag, form }) => {
    const option = { type: form === 'switch' ? 'boolean' : 'string', multiple: form === 'table' } as const
    return [flag, flag === 'help' ? { ...option, short: 'h' } : option] as const
  })
  try {
    return parseArgs({ args, options: Object.fromEntries(options), strict: true, allowPositionals: positionals })
  } catch (error) {
    const problem = messageOf(error).split(/\. |\n/, 1)[0]
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
    throw new UsageError(`--format is ${JSON.stringify(format)}; pass one of ${DOCTOR_FORMATS.join(', ')}`)
  if (json === true && known !== 'json')
    throw new UsageError(`--json and --format ${known} contradict each other: pass one of them`)
  return known
}

function readConfigCommand([what, ...rest]: string[]): Command {
  if (what === '--help' || what === '-h') return { name: 'help', of: 'config' }
  if (what !== 'check')
    throw new UsageError('`config` needs a verb: pass config check [FILE]; see slashzero-collector config --help')
  const { values, positionals } = parse('config', rest, { positionals: true })
  const [file, another] = typeof values['config'] === 'string' ? [values['config'], ...positionals] : positionals
  if (values['help'] === true) return { name: 'help', of: 'config' }
  if (another !== undefined) throw new UsageError(`\`config check\` takes one file: remove ${JSON.stringify(another)}`)
  return { name: 'config check', file: file ?? CONFIGURATION_FILE }
}
