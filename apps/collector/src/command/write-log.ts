import { toVisible } from '@slashzero/contract'
import type { PushLog } from '../push/index.ts'

/** One line an event on stderr: time, level, message, and what belongs to it as JSON. */
export const log: PushLog = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
}

function write(level: string, fields: object, message: string): void {
  const details = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`
  process.stderr.write(`${toVisible(`${new Date().toISOString()} ${level} ${message}${details}`)}\n`)
}
