/** Folders with programs, separated by colons. */
export const SEARCH_PATH = process.env['PATH'] ?? ''

/** The environment of a child process: this one, with `changes`. */
export function childEnvironment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}

/** Lighthouse's cli/index.js; undefined if nobody said where. */
export const lighthousePath = process.env['LIGHTHOUSE_PATH']
