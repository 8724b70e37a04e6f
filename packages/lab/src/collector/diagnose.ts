import type { Cell } from '../cell/start.ts'
import { COLLECTOR } from './start.ts'

/**
 * Has the real collector diagnose a machine, so that its verdicts are those that a server would come to too; out: what
 * `doctor --json` prints.
 */
export async function diagnose(machine: Pick<Cell, 'run'>): Promise<Diagnosis> {
  // Its exit status says how the machine is.
  return JSON.parse(
    await machine.run('sh', ['-c', '"$@" || [ $? -lt 4 ]', '-', process.execPath, COLLECTOR, 'doctor', '--json']),
  )
}

/** The parts of it that are needed by type. */
export type Diagnosis = { readonly namespaces: readonly { readonly senders: readonly unknown[] }[] }
