import { fstatSync } from 'node:fs'
import { KEYS, SETTINGS } from './config/index.ts'
import type { Key, Texts } from './config/index.ts'

// The one place that reads `process.env`.

/** The settings in the environment. An empty variable counts as unset. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Texts {
  const texts: { [key in Key]?: string } = {}
  for (const key of KEYS) {
    const { variable } = SETTINGS[key]
    const text = variable === null ? undefined : variables[variable]
    if (text) texts[key] = text
  }
  return texts
}

/**
 * Makes room in the thread pool for reads that may hang, because files and compression need the pool too. Call it
 * before anything uses the pool. A waiting thread takes 8 kB.
 */
export function widenThreadPool(variables: NodeJS.ProcessEnv = process.env): void {
  variables['UV_THREADPOOL_SIZE'] ??= '16'
}

/** The socket on which systemd hears about the service (sd_notify(3)); undefined without systemd. */
export function readNotifySocket(variables: NodeJS.ProcessEnv = process.env): string | undefined {
  return variables['NOTIFY_SOCKET']
}

/** Whether stderr is the journal, which stamps and ranks lines itself (systemd.exec(5), JOURNAL_STREAM). */
export function isJournal(variables: NodeJS.ProcessEnv = process.env): boolean {
  const stream = variables['JOURNAL_STREAM']
  if (!stream) return false
  const { dev, ino } = fstatSync(2)
  return stream === `${dev}:${ino}`
}
