import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Cell } from '../cell/start.ts'

export type BareVm = {
  /** Gives the VM's process one order and returns the answer: see vm-main.ts. */
  ask(...words: string[]): Promise<string>
}

/** Starts a process under QEMU's name, with these arguments of QEMU, that holds taps. */
export async function startBareVm(cell: Cell, qemuArguments: readonly string[]): Promise<BareVm> {
  const command = ['exec -a qemu-system-x86_64 "$@"', '-', process.execPath, PROGRAM, ...qemuArguments]
  const child = cell.spawn('bash', ['-c', ...command], { stdio: ['pipe', 'pipe', 'ignore'] })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('The VM has no pipes.')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  return {
    async ask(...words) {
      stdin.write(`${words.join(' ')}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error(`The VM ended at: ${words.join(' ')}`)
      return line.value
    },
  }
}

const PROGRAM = fileURLToPath(new URL('vm-main.ts', import.meta.url))
