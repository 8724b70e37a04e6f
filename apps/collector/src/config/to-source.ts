import type { Problem } from './problem.ts'
import { KEYS, SETTINGS } from './settings.ts'
import type { Key } from './settings.ts'

/** Texts by key, as flags and variables have them; a flag that repeats has several. */
export type Said = { readonly [key in Key]?: string | readonly string[] }

/** Brings texts into the form of the configuration file. */
export function toSource(said: Said, placeOf: (key: Key) => string): { source: object; problems: Problem[] } {
  const problems: Problem[] = []
  const read = (key: Key, text: string | readonly string[]): unknown => {
    switch (key) {
      case 'interval':
        // Anything else stays text, which is no number of seconds.
        return /^\d+(\.\d+)?$/.test(String(text)) ? Number(text) : text
      case 'off-link-tcp-ports':
        return String(text) === ''
          ? []
          : String(text)
              .split(',')
              .map((port) => (/^ *\d+ *$/.test(port) ? Number(port) : port))
      case 'watch-advertisements':
        return text === 'true' ? true : text === 'false' ? false : text
      case 'labels':
      case 'guest-agents':
        return readPairs(key, typeof text === 'string' ? [text] : text, placeOf, problems)
      case 'server':
      case 'server-ca':
      case 'enrolment-token':
      case 'enrolment-token-file':
      case 'state-dir':
      case 'metrics-listen':
      case 'metrics-textfile':
      case 'off-link-source':
      case 'guest-push-listen':
        return text
      default:
        return key satisfies never
    }
  }
  const source: { [key in Key]?: unknown } = {}
  for (const key of KEYS) {
    const text = said[key]
    if (text !== undefined) source[key] = read(key, text)
  }
  return { source, problems }
}

function readPairs(
  key: 'labels' | 'guest-agents',
  texts: readonly string[],
  placeOf: (key: Key) => string,
  problems: Problem[],
): object {
  const pairs = texts.flatMap((text): [string, string][] => {
    // A VM's name may have an equals sign in it, and so may a label's value; a path and a label's name rarely do.
    const equals = key === 'guest-agents' ? text.lastIndexOf('=') : text.indexOf('=')
    if (equals >= 1 && equals < text.length - 1) return [[text.slice(0, equals), text.slice(equals + 1)]]
    problems.push({
      place: placeOf(key),
      key: null,
      problem: `it is ${JSON.stringify(text)}`,
      fix: `it should be ${SETTINGS[key].argument}`,
    })
    return []
  })
  return Object.fromEntries(pairs)
}
