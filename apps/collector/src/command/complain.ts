import { messageOf } from '@slashzero/contract/report'
import { isJournal } from '../env.ts'

/** Writes why a command failed to stderr. */
export function complain(error: unknown): void {
  const lines = messageOf(error).split('\n')
  // The journal adds the program's name, and treats a line without a priority as information.
  const head = isJournal() ? '<3>' : 'slashzero-collector: '
  process.stderr.write(lines.map((line) => `${head}${line}\n`).join(''))
}
