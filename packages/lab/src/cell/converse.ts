import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { collect } from './collect.ts'
import type { Cell } from './start.ts'

/**
 * Starts a program inside a cell that answers each line of its input with one line. The program ends with its cell.
 * Out: sends a line and resolves to the answer; rejects with the program's error output if the program has ended.
 */
export function converse(cell: Cell, name: string, command: string, args: readonly string[]) {
  const child = cell.spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const failure = Promise.all([collect(child.stderr), once(child, 'exit')]).then(([complaint]) => {
    throw new Error(`The process of ${name} ended: ${complaint.trim()}`)
  })
  failure.catch(() => {})
  if (!child.stdout) throw new Error(`The process of ${name} has no output.`)
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async (line: string): Promise<string> => {
    child.stdin?.write(`${line}\n`)
    const answer = await Promise.race([answers.next(), failure])
    return answer.done === true ? failure : answer.value
  }
}
