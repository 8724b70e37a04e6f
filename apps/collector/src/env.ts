import { KEYS, SETTINGS } from './config/index.ts'
import type { Key, Said } from './config/index.ts'

/**
 * The one place that reads `process.env`: what the environment says of the settings. An empty variable counts as
 * none.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Said {
  const said: { [key in Key]?: string } = {}
  for (const key of KEYS) {
    const { variable } = SETTINGS[key]
    const text = variable === null ? undefined : variables[variable]
    if (text) said[key] = text
  }
  return said
}
