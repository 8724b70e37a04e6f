import type * as z from 'zod/mini'
import type { Problem } from './problem.ts'
import { KEYS, settingsSource } from './settings.ts'
import type { SettingsSource } from './settings.ts'
import { suggestKey } from './suggest-key.ts'

type Path = readonly PropertyKey[]
/** The place of a path, and the key to name beside the place; null if the place names the key. */
type Place = (path: Path) => Pick<Problem, 'place' | 'key'>

/** Judges one source, which has the form of the configuration file. */
export function checkSource(said: object, placeOf: Place): { values: SettingsSource; problems: Problem[] } {
  const result = settingsSource.safeParse(said)
  if (result.success) return { values: result.data, problems: [] }
  return { values: {}, problems: result.error.issues.flatMap((issue) => explain(issue, said, placeOf)) }
}

function explain(issue: z.core.$ZodIssue, said: object, placeOf: Place): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...placeOf([...issue.path, key]),
      problem: 'unknown key',
      fix: suggestKey(key, KEYS),
    }))
  }
  const place = placeOf(issue.path)
  if (issue.code === 'invalid_key') {
    return [{ ...place, problem: 'the name does not fit', fix: `it should be ${issue.issues[0]?.message ?? 'a name'}` }]
  }
  return [{ ...place, problem: `it is ${show(issue.path, said)}`, fix: `it should be ${issue.message}` }]
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
