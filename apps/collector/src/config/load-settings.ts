import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codeOf, messageOf } from '@slashzero/contract/report'
import { checkSource } from './check-source.ts'
import { ConfigurationError } from './problem.ts'
import type { Problem } from './problem.ts'
import { readFile } from './read-file.ts'
import { DEFAULTS, KEYS, toSettings } from './settings.ts'
import type { Key, Settings, SettingsSource, Values } from './settings.ts'
import { SETTINGS } from './table.ts'
import { toSource } from './to-source.ts'
import type { Texts } from './to-source.ts'

export const CONFIGURATION_FILE = '/etc/slashzero/collector.toml'

export type Sources = {
  /** The file that `--config` names; null for the default file, which may be missing; false for no file. */
  readonly file: string | false | null
  readonly environment: Texts
  readonly flags: Texts
}

export type Loaded = {
  readonly settings: Settings
  /** Why an existing file was skipped; null if it was not. */
  readonly skipped: string | null
}

/**
 * Merges flags, environment, file and defaults, in this order of precedence; tables entry by entry. Every source is
 * checked whole, so that a right value of one source never hides a wrong one of another. Throws ConfigurationError.
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
  const values: Values = Object.assign({}, ...sources)
  values.labels = Object.assign({}, ...sources.map(({ labels }) => labels))
  values['guest-agents'] = Object.assign({}, ...sources.map((source) => source['guest-agents']))
  return { settings: toSettings(values, authorities.text, token.text), skipped: fromFile.skipped }
}

type Source = { values: SettingsSource; problems: Problem[]; placeOf: (key?: Key) => string }

function readSource(named: Sources['file']): Source & { skipped: string | null } {
  const path = named || CONFIGURATION_FILE
  const none = { values: {}, problems: [], placeOf: () => path, skipped: null }
  if (named === false) return none
  try {
    return { ...readFile(path), skipped: null }
  } catch (error) {
    const code = codeOf(error)
    const reason = messageOf(error)
    if (named === null && code === 'ENOENT') return none
    // The file may hold a token that only the service may read, and other users run the program too.
    if (named === null && code === 'EACCES')
      return { ...none, skipped: `${path} was skipped because it cannot be read: ${reason}` }
    const fix = code === 'ENOENT' ? 'create the file, or name another' : 'let this user read the file, or name another'
    return { ...none, problems: [{ place: path, key: null, problem: `it cannot be read: ${reason}`, fix }] }
  }
}

function readTexts(texts: Texts, placeOf: (key?: Key) => string): Source {
  const { source, problems } = toSource(texts, placeOf)
  const checked = checkSource(source, ([key]) => ({ place: placeOf(KEYS.find((one) => one === key)), key: null }))
  return { values: checked.values, problems: [...problems, ...checked.problems], placeOf }
}

/** The token of the first source that has a token or names a file with a token. */
function readToken(sources: readonly Source[]): { text: string | null; problems: Problem[] } {
  for (const { values, placeOf } of sources) {
    const { 'enrolment-token': token, 'enrolment-token-file': path } = values
    const place = placeOf('enrolment-token-file')
    const wrong = (problem: string, fix: string) => ({ text: null, problems: [{ place, key: null, problem, fix }] })
    if (token !== undefined && path !== undefined) {
      return wrong(`${placeOf('enrolment-token')} gives the token too`, 'give only one of the two')
    }
    if (token !== undefined) return { text: token, problems: [] }
    if (path === undefined) continue
    try {
      const text = readFileSync(path, 'utf8').trim()
      return text === '' ? wrong(`${path} is empty`, 'write the token into the file') : { text, problems: [] }
    } catch (error) {
      return wrong(`the enrolment token cannot be read: ${messageOf(error)}`, 'make the file readable, or name another')
    }
  }
  return { text: null, problems: [] }
}

/** The certificates in the file that the first source names. */
function readAuthorities(sources: readonly Source[]): { text: string | null; problems: Problem[] } {
  const source = sources.find(({ values }) => values['server-ca'] !== undefined)
  const path = source?.values['server-ca']
  if (source === undefined || path === undefined) return { text: null, problems: [] }
  try {
    const text = readFileSync(path, 'utf8')
    // Throws if the file does not begin with a certificate.
    void new X509Certificate(text)
    return { text, problems: [] }
  } catch (error) {
    const reason = messageOf(error)
    const problem = `${path} cannot be used: ${reason}`
    const fix = 'name a file with certificates in PEM, which begin with -----BEGIN CERTIFICATE-----'
    return { text: null, problems: [{ place: source.placeOf('server-ca'), key: null, problem, fix }] }
  }
}
