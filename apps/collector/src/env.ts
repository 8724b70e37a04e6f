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

/**
 * Makes room for reads that may hang (probes/await-answer.ts) in the pool of threads that files and compression need too. To be called
 * before anything uses the pool; a thread that waits takes 8 kB.
 */
export function widenThreadPool(variables: NodeJS.ProcessEnv = process.env): void {
  variables['UV_THREADPOOL_SIZE'] ??= '16'
}

/** Whether stderr is the journal's, which stamps and ranks lines itself (systemd.exec(5), JOURNAL_STREAM). */
export function isJournal(variables: NodeJS.ProcessEnv = process.env): boolean {
  const stream = variables['JOURNAL_STREAM']
  if (!stream) return false
  const { dev, ino } = fstatSync(2)
  return stream === `${dev}:${ino}`
}
