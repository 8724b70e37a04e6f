import type { Problem } from './problem.ts'
import { KEYS } from './settings.ts'
import type { Key } from './settings.ts'
import { SETTINGS } from './table.ts'

/** Texts by key, as flags and variables write them. A flag that repeats has several. */
export type Texts = { readonly [key in Key]?: string | readonly string[] }

/**
 * Brings texts into the form of the configuration file. Text that does not fit stays text, so the schema refuses it.
 */
export function toSource(texts: Texts, placeOf: (key: Key) => string): { source: object; problems: Problem[] } {
  const source: { [key in Key]?: unknown } = {}
  const problems: Problem[] = []
  for (const key of KEYS) {
    const text = texts[key]
    if (text === undefined) continue
    if (SETTINGS[key].form === 'table') source[key] = readPairs(key, [text].flat(), placeOf(key), problems)
    else source[key] = readText(SETTINGS[key].form, String(text))
  }
  return { source, problems }
}

function readText(form: 'text' | 'number' | 'numbers' | 'switch', text: string): unknown {
  switch (form) {
    case 'text':
      return text
    case 'number':
      return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
    case 'numbers':
      return text === '' ? [] : text.split(',').map((part) => (/^ *\d+ *$/.test(part) ? Number(part) : part))
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return form satisfies never
  }
}

function readPairs(key: Key, texts: readonly string[], place: string, problems: Problem[]): object {
  const pairs = texts.flatMap((text): [string, string][] => {
    // The name of a VM and the value of a label may contain "="; a path and the name of a label rarely do.
    const equals = key === 'guest-agents' ? text.lastIndexOf('=') : text.indexOf('=')
    if (equals >= 1 && equals < text.length - 1) return [[text.slice(0, equals), text.slice(equals + 1)]]
    const fix = `it should be ${SETTINGS[key].argument}`
    problems.push({ place, key: null, problem: `it is ${JSON.stringify(text)}`, fix })
    return []
  })
  return Object.fromEntries(pairs)
}
