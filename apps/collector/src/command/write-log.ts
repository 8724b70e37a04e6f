import { toVisible } from '@slashzero/contract/report'
import { isJournal } from '../env.ts'
import type { Log } from '../log.ts'

/** The numbers of sd-daemon(3). */
const PRIORITIES = { info: 6, warn: 4, error: 3 } as const

const journal = isJournal()

/** One line per event on stderr: time and level, message, fields as JSON. */
export const log: Log = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
}

function write(level: keyof typeof PRIORITIES, fields: object, message: string): void {
  const head = journal ? `<${PRIORITIES[level]}>` : `${new Date().toISOString()} ${level} `
  const details = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`
  process.stderr.write(`${head}${toVisible(`${message}${details}`)}\n`)
}
