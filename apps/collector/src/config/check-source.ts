import type { Problem } from './problem.ts'
import { isKey, KEYS } from './settings.ts'
import type { SettingsSource } from './settings.ts'
import type { Misfit } from './shape.ts'
import { suggestKey } from './suggest-key.ts'
import { SETTINGS } from './table.ts'

type Path = readonly PropertyKey[]
/** The place of a path, and the key to name beside the place; null if the place names the key. */
type Place = (path: Path) => Pick<Problem, 'place' | 'key'>

/** Judges one source, which has the form of the configuration file. */
export function checkSource(said: object, placeOf: Place): { values: SettingsSource; problems: Problem[] } {
  if (isSource(said)) return { values: said, problems: [] }
  const given = new Map<string, unknown>(Object.entries(said))
  const wrong = KEYS.filter((key) => given.has(key)).flatMap((key) =>
    SETTINGS[key].shape.judge(given.get(key)).map((misfit) => explain(key, misfit, said, placeOf)),
  )
  const unknown = [...given.keys()]
    .filter((key) => !isKey(key))
    .map((key) => Object.assign(placeOf([key]), { problem: 'unknown key', fix: suggestKey(key, KEYS) }))
  return { values: {}, problems: [...wrong, ...unknown] }
}

function isSource(said: object): said is SettingsSource {
  return Object.entries(said).every(([key, value]) => isKey(key) && SETTINGS[key].shape.fits(value))
}

function explain(key: string, { path: inner, of, expected }: Misfit, said: object, placeOf: Place): Problem {
  const path = [key, ...inner]
  const fix = `it should be ${expected}`
  return { ...placeOf(path), problem: of === 'name' ? 'the name does not fit' : `it is ${show(path, said)}`, fix }
}

function show(path: Path, said: object): string {
  if (path[0] === 'enrolment-token') return 'something else'
  const value = path.reduce<unknown>((within, key) => (isRecord(within) ? within[key] : undefined), said)
  return typeof value === 'number' ? String(value) : cut(JSON.stringify(value) ?? 'nothing')
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
