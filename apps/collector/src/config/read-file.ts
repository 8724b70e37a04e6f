import { readFileSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import { checkSource } from './check-source.ts'
import { locateKeys } from './locate-keys.ts'
import type { Problem } from './problem.ts'
import { KEYS } from './settings.ts'
import type { SettingsSource } from './settings.ts'
import { SETTINGS } from './table.ts'

export type FileReading = { values: SettingsSource; problems: Problem[]; placeOf: (key?: string) => string }

/** Reads a configuration file. Throws if the file cannot be read. */
export function readFile(path: string): FileReading {
  return parseFile(readFileSync(path, 'utf8'), path)
}

function parseFile(text: string, path: string): FileReading {
  const parsed = parseToml(text, path)
  if ('problem' in parsed) return { values: {}, problems: [parsed.problem], placeOf: () => path }
  let lines: ReadonlyMap<string, number> | null = null
  const lineOf = (keys: readonly PropertyKey[]): number => {
    lines ??= locateKeys(text)
    return lines.get(JSON.stringify(keys)) ?? 1
  }
  const place = (keys: readonly PropertyKey[]) => ({
    place: `${path}:${lineOf(keys)}`,
    key: keys.map(String).join('.'),
  })
  const placeOf = (key?: string) => `${path}:${key === undefined ? 1 : lineOf([key])}`
  const misplaced = findMisplaced(parsed.table).map(([table, key]): Problem => {
    const problem = `the line is below [${table}], so it is an entry of that table, not the setting ${key}`
    return {
      place: `${path}:${lineOf([table, key])}`,
      key: `${table}.${key}`,
      problem,
      fix: 'move the line above the first one in [brackets]',
    }
  })
  return misplaced.length > 0
    ? { values: {}, problems: misplaced, placeOf }
    : { ...checkSource(parsed.table, place), placeOf }
}

/**
 * Entries of tables that have the name of a setting and a value that fits the setting. A line that someone appends to
 * the file is in the last table, where the line would pass unnoticed.
 */
function findMisplaced(file: object): [table: string, key: string][] {
  return Object.entries(file).flatMap(([table, entries]) => {
    const found = new Map<string, unknown>(Object.entries(typeof entries === 'object' ? entries : {}))
    const fitting = KEYS.filter((key) => found.has(key) && SETTINGS[key].shape.fits(found.get(key)))
    return fitting.map((key): [string, string] => [table, key])
  })
}

function parseToml(text: string, path: string): { table: object } | { problem: Problem } {
  try {
    return { table: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [first = ''] = error.message.split('\n')
    const line = text.split('\n')[error.line - 1] ?? ''
    const key = /^\s*([\w-]+)\s*=/.exec(line)?.[1] ?? null
    const problem = `not valid TOML: ${first.replace(/^Invalid TOML document: /, '')} at column ${error.column}`
    return { problem: { place: `${path}:${error.line}`, key, problem, fix: adviseOn(first) } }
  }
}

function adviseOn(message: string): string {
  if (message.includes('redefine')) return 'keep one of the two'
  if (message.includes('illegal character in key'))
    return 'a line is KEY = VALUE or [TABLE], and a key with characters other than A-Z a-z 0-9 _ - needs quotes'
  if (message.includes('unfinished string')) return 'close the quotes'
  return 'put text in "quotes" and numbers without quotes, and let only a # comment follow a value'
}
