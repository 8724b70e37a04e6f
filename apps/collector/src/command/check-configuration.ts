import { ConfigurationError, loadSettings } from '../config/index.ts'

/** Checks one configuration file, for the person who wrote it: what to print, and the exit status, 0 or 2. */
export function checkConfiguration(file: string): { text: string; exitCode: number } {
  try {
    const { settings } = loadSettings({ file, environment: {}, flags: {} })
    const server = settings.server === null ? '; it names no server, so run wants --server or SLASHZERO_SERVER' : ''
    return { text: `${file}: nothing is wrong with it${server}\n`, exitCode: 0 }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return { text: `${error.message}\n`, exitCode: 2 }
  }
}
