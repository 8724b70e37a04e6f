import type { Cell } from '../cell/start.ts'
import { COLLECTOR } from './start.ts'

/**
 * Runs the real collector's `doctor --json` on a machine and returns its output. A server would reach the same
 * verdicts.
 */
export async function diagnose(machine: Pick<Cell, 'run'>): Promise<Diagnosis> {
  // The exit status is the verdict, not a failure.
  return JSON.parse(
    await machine.run('sh', ['-c', '"$@" || [ $? -lt 4 ]', '-', process.execPath, COLLECTOR, 'doctor', '--json']),
  )
}

/** The parts of the output that tests use. */
export type Diagnosis = { readonly namespaces: readonly { readonly senders: readonly unknown[] }[] }
