import { parse } from 'smol-toml'

/**
 * The line, from 1, on which each key of a valid TOML text begins; a key by its path, as JSON. The parser keeps no
 * places, so lines are added until they parse alone: those lines are one statement.
 */
export function locateKeys(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const lines = text.split('\n')
  let table: readonly string[] = []
  let start = 0
  for (let end = 1; end <= lines.length; end += 1) {
    const statement = lines.slice(start, end).join('\n')
    const parsed = tryParse(statement)
    if (parsed === null) continue
    const paths = [...listPaths(parsed, [])]
    const header = statement.trimStart().startsWith('[')
    for (const path of paths) {
      const key = JSON.stringify(header ? path : [...table, ...path])
      if (!found.has(key)) found.set(key, start + 1)
    }
    if (header) table = paths.at(-1) ?? []
    start = end
  }
  return found
}

function tryParse(statement: string): object | null {
  try {
    return parse(statement)
  } catch {
    return null
  }
}

/** Outer paths before inner ones. */
function* listPaths(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (typeof value !== 'object' || value === null || value instanceof Date) return
  for (const [key, inner] of Object.entries(value)) {
    // Indexes of an array are not keys.
    const within = Array.isArray(value) ? path : [...path, key]
    if (within !== path) yield within
    yield* listPaths(inner, within)
  }
}
