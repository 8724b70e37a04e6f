import { fstatSync } from 'node:fs'
import { KEYS, SETTINGS } from './config/index.ts'
import type { Key, Said } from './config/index.ts'

// The one place that reads `process.env`.

/** What the environment says of the settings. An empty variable counts as none. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Said {
  const said: { [key in Key]?: string } = {}
  for (const key of KEYS) {
    const { variable } = SETTINGS[key]
    const text = variable === null ? undefined : variables[variable]
    if (text) said[key] = text
  }
  return said
}

/** Whether stderr is the journal's, which stamps and ranks lines itself (systemd.exec(5), JOURNAL_STREAM). */
export function isJournal(variables: NodeJS.ProcessEnv = process.env): boolean {
  const stream = variables['JOURNAL_STREAM']
  if (!stream) return false
  const { dev, ino } = fstatSync(2)
  return stream === `${dev}:${ino}`
}
