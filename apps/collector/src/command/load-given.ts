import { loadSettings } from '../config/index.ts'
import type { Settings } from '../config/index.ts'
import { readEnvironment } from '../env.ts'
import type { Given } from './parse-arguments.ts'
import { log } from './write-log.ts'

/** The settings for a command line, with those of the environment. Throws ConfigurationError. */
export function loadGiven(given: Given): Settings {
  const { settings, skipped } = loadSettings({ ...given, environment: readEnvironment() })
  if (skipped !== null) log.warn({}, skipped)
  return settings
}
