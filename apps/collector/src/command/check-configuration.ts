import { ConfigurationError, loadSettings } from '../config/index.ts'

/** Checks one configuration file: the text to print, and the exit status, 0 or 2. */
export function checkConfiguration(file: string): { text: string; exitCode: number } {
  try {
    const { settings } = loadSettings({ file, environment: {}, flags: {} })
    const server =
      settings.server === null
        ? '; `run` also needs --server or SLASHZERO_SERVER, because the file names no server'
        : ''
    return { text: `${file}: nothing is wrong${server}\n`, exitCode: 0 }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return { text: `${error.message}\n`, exitCode: 2 }
  }
}
