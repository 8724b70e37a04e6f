import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Environment } from '../env.ts'
import { helpOf } from './help.ts'

/** Said to the person who typed the command, in one sentence; the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type Settings = {
  labels: Record<string, string>
  /** Sockets of guest agents by VM name, before what the VM's command line says. */
  guestAgents: ReadonlyMap<string, string>
}

export type RunSettings = Settings & {
  server: string
  enrolmentToken: string | null
  stateDir: string
  intervalMilliseconds: number
}

export type Command =
  | { name: 'help'; text: string }
  | { name: 'once'; settings: Settings; json: boolean }
  | { name: 'run'; settings: RunSettings }

/** Reads the command line, without node and script, and the environment. Throws UsageError. */
export function parseArguments(args: readonly string[], environment: Environment): Command {
  const [name, ...rest] = args
  switch (name) {
    case undefined:
      throw new UsageError(`say what to do: once or run; see slashzero-collector --help`)
    case 'help':
    case '-h':
    case '--help':
      return { name: 'help', text: helpOf(rest[0]) }
    case 'once': {
      const { values } = parse(name, rest, { ...COMMON, json: { type: 'boolean' } })
      if (values.help === true) return { name: 'help', text: helpOf(name) }
      return { name, settings: readSettings(values), json: values.json === true }
    }
    case 'run': {
      const { values } = parse(name, rest, { ...COMMON, ...RUN })
      if (values.help === true) return { name: 'help', text: helpOf(name) }
      return { name, settings: { ...readSettings(values), ...readRunSettings(values, environment) } }
    }
    default:
      throw new UsageError(`there is no command ${JSON.stringify(name)}; there are once and run`)
  }
}

const COMMON = {
  help: { type: 'boolean', short: 'h' },
  label: { type: 'string', multiple: true },
  'guest-agent': { type: 'string', multiple: true },
} as const
const RUN = {
  server: { type: 'string' },
  'enrolment-token': { type: 'string' },
  'enrolment-token-file': { type: 'string' },
  'state-dir': { type: 'string' },
  interval: { type: 'string' },
} as const

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

function parse<Named extends Options>(command: string, args: string[], options: Named) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false })
  } catch (error) {
    const problem = error instanceof Error ? error.message.split(/\. |\n/, 1)[0] : String(error)
    throw new UsageError(`${problem}; see slashzero-collector ${command} --help`)
  }
}

function readSettings(values: { label?: string[]; 'guest-agent'?: string[] }): Settings {
  const labels = readPairs('--label', 'KEY=VALUE', values.label ?? [])
  const long = labels.find(([key, value]) => key.length > 64 || value.length > 255)
  if (long !== undefined) throw new UsageError(`--label ${long[0].slice(0, 64)} is too long: at most 64 characters for the key and 255 for the value`)
  return { labels: Object.fromEntries(labels), guestAgents: new Map(readPairs('--guest-agent', 'VM-NAME=SOCKET-PATH', values['guest-agent'] ?? [])) }
}

function readPairs(flag: string, shape: string, texts: readonly string[]): [string, string][] {
  return texts.map((text) => {
    // A VM's name may have an equals sign in it, and so may a label's value; a path and a key rarely do.
    const equals = flag === '--guest-agent' ? text.lastIndexOf('=') : text.indexOf('=')
    if (equals < 1 || equals === text.length - 1) throw new UsageError(`${flag} wants ${shape}, and got ${JSON.stringify(text)}`)
    return [text.slice(0, equals), text.slice(equals + 1)]
  })
}

type RunValues = { [Name in keyof typeof RUN]?: string }

function readRunSettings(values: RunValues, environment: Environment): Omit<RunSettings, keyof Settings> {
  const server = values.server ?? environment.server
  if (server === undefined) throw new UsageError('run wants to know the server: give --server URL or set SLASHZERO_SERVER')
  if (!isWebUrl(server)) throw new UsageError(`--server wants an http or https URL, and got ${JSON.stringify(server)}`)
  const seconds = values.interval ?? environment.interval ?? '15'
  if (!/^\d{1,4}(\.\d+)?$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > 3600) {
    throw new UsageError(`--interval wants a number of seconds from 1 to 3600, and got ${JSON.stringify(seconds)}`)
  }
  return {
    server,
    enrolmentToken: readToken(values, environment),
    stateDir: values['state-dir'] ?? environment.stateDir ?? '/var/lib/slashzero-collector',
    intervalMilliseconds: Math.round(Number(seconds) * 1000),
  }
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function readToken(values: RunValues, environment: Environment): string | null {
  const file = values['enrolment-token-file']
  if (file !== undefined && values['enrolment-token'] !== undefined) {
    throw new UsageError('--enrolment-token and --enrolment-token-file say the same thing: give one of them')
  }
  if (values['enrolment-token'] !== undefined) return values['enrolment-token']
  if (file === undefined && environment.enrolmentToken !== undefined) return environment.enrolmentToken
  const path = file ?? environment.enrolmentTokenFile
  if (path === undefined) return null
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`the enrolment token cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
