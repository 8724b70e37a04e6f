import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseListenAddress } from '../metrics/parse-listen-address.ts'
import { parseSource } from '../route-checks/off-link/parse-source.ts'
import { checkSource } from './check-source.ts'
import { ConfigurationError } from './problem.ts'
import type { Problem } from './problem.ts'
import { readFile } from './read-file.ts'
import { DEFAULTS, KEYS, SETTINGS } from './settings.ts'
import type { Key, Settings, SettingsSource } from './settings.ts'
import { toSource } from './to-source.ts'
import type { Said } from './to-source.ts'

export const CONFIGURATION_FILE = '/etc/slashzero/collector.toml'

export type Sources = {
  /** The file that `--config` names; null for the default one, which need not exist; false for none. */
  readonly file: string | false | null
  readonly environment: Said
  readonly flags: Said
}

export type Loaded = {
  readonly settings: Settings
  /** Why a file that is there was left out; null where it was not. */
  readonly leftOut: string | null
}

/**
 * Puts flags, environment, file and defaults together, each before the next; entries of a table one by one. Every
 * source is checked whole, so that a wrong value is never passed over in silence for another source's. Throws
 * ConfigurationError.
 */
export function loadSettings({ file, environment, flags }: Sources): Loaded {
  const fromFile = readSource(file)
  const fromEnvironment = readTexts(environment, (key) => (key && SETTINGS[key].variable) ?? 'the environment')
  const fromFlags = readTexts(flags, (key) => (key ? `--${SETTINGS[key].flag}` : 'the command line'))
  const token = readToken([fromFlags, fromEnvironment, fromFile])
  const authorities = readAuthorities([fromFlags, fromEnvironment, fromFile])
  const problems = [fromFlags, fromEnvironment, fromFile, token, authorities].flatMap((source) => source.problems)
  if (problems.length > 0) throw new ConfigurationError(problems)
  const sources = [DEFAULTS, fromFile.values, fromEnvironment.values, fromFlags.values]
  const said: SettingsSource & typeof DEFAULTS = Object.assign({}, ...sources)
  return {
    settings: {
      server: said.server ?? null,
      serverCa: authorities.text,
      enrolmentToken: token.text,
      stateDir: said['state-dir'],
      intervalMilliseconds: Math.round(said.interval * 1000),
      metricsListen: said['metrics-listen'] === undefined ? null : parseListenAddress(said['metrics-listen']),
      metricsTextfile: said['metrics-textfile'] ?? null,
      offLinkSource: said['off-link-source'] === undefined ? null : parseSource(said['off-link-source']),
      offLinkTcpPorts: said['off-link-tcp-ports'],
      guestPushListen: said['guest-push-listen'] === undefined ? null : parseListenAddress(said['guest-push-listen']),
      watchAdvertisements: said['watch-advertisements'],
      labels: Object.assign({}, ...sources.map(({ labels }) => labels)),
      guestAgents: new Map(sources.flatMap((source) => Object.entries(source['guest-agents'] ?? {}))),
    },
    leftOut: fromFile.leftOut,
  }
}

type Source = { values: SettingsSource; problems: Problem[]; placeOf: (key?: Key) => string }

function readSource(named: Sources['file']): Source & { leftOut: string | null } {
  const path = named || CONFIGURATION_FILE
  const none = { values: {}, problems: [], placeOf: () => path, leftOut: null }
  if (named === false) return none
  try {
    return { ...readFile(path), leftOut: null }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    const reason = error instanceof Error ? error.message : String(error)
    if (named === null && code === 'ENOENT') return none
    // The file may hold a token and be closed to all but the service, and the program is of use to others too.
    if (named === null && code === 'EACCES')
      return { ...none, leftOut: `${path} was left out, for it cannot be read: ${reason}` }
    const fix = code === 'ENOENT' ? 'write it, or name another file' : 'let this user read it, or name another file'
    return { ...none, problems: [{ place: path, key: null, problem: `it cannot be read: ${reason}`, fix }] }
  }
}

function readTexts(said: Said, placeOf: (key?: Key) => string): Source {
  const { source, problems } = toSource(said, placeOf)
  const checked = checkSource(source, ([key]) => ({ place: placeOf(KEYS.find((one) => one === key)), key: null }))
  return { values: checked.values, problems: [...problems, ...checked.problems], placeOf }
}

/** From the first source that has a token or names a file with one. */
function readToken(sources: readonly Source[]): { text: string | null; problems: Problem[] } {
  for (const { values, placeOf } of sources) {
    const { 'enrolment-token': token, 'enrolment-token-file': path } = values
    const place = placeOf('enrolment-token-file')
    const wrong = (problem: string, fix: string) => ({ text: null, problems: [{ place, key: null, problem, fix }] })
    if (token !== undefined && path !== undefined) {
      return wrong(`${placeOf('enrolment-token')} says the same thing`, 'give one of the two')
    }
    if (token !== undefined) return { text: token, problems: [] }
    if (path === undefined) continue
    try {
      const text = readFileSync(path, 'utf8').trim()
      return text === '' ? wrong(`${path} is empty`, 'write the token into it') : { text, problems: [] }
    } catch (error) {
      return wrong(
        `the enrolment token cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        'make it readable, or name another file',
      )
    }
  }
  return { text: null, problems: [] }
}

/** From the first source that names a file. */
function readAuthorities(sources: readonly Source[]): { text: string | null; problems: Problem[] } {
  const source = sources.find(({ values }) => values['server-ca'] !== undefined)
  const path = source?.values['server-ca']
  if (source === undefined || path === undefined) return { text: null, problems: [] }
  try {
    const text = readFileSync(path, 'utf8')
    // Throws where the first one is none.
    void new X509Certificate(text)
    return { text, problems: [] }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const problem = `${path} cannot be used: ${reason}`
    const fix = 'name a file with certificates in PEM, which begin with -----BEGIN CERTIFICATE-----'
    return { text: null, problems: [{ place: source.placeOf('server-ca'), key: null, problem, fix }] }
  }
}
