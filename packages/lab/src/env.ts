export const IN_CI = process.env['CI'] === 'true'

/** Folders with programs, separated by colons. */
export const SEARCH_PATH = process.env['PATH'] ?? ''

/** Where Slashzero keeps its files on this machine. */
export const DATA_FOLDER = process.env['SLASHZERO_DATA_DIR'] || '/var/lib/slashzero'

/** The environment of a child process: this one, with `changes`. */
export function childEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...changes }
}
