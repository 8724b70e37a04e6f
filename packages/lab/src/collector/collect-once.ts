import { report, type Report } from '@slashzero/contract/report'
import { COLLECTOR } from './start.ts'

/**
 * Runs the real collector once on a machine and returns its report.
 *
 * @param machine the machine to read
 * @param flags more flags for `slashzero-collector once`
 */
export async function collectOnce(machine: Machine, flags: readonly string[] = []): Promise<Report> {
  return report.parse(JSON.parse(await machine.run(process.execPath, [COLLECTOR, 'once', '--json', ...flags])))
}

type Machine = { run(command: string, args: readonly string[]): Promise<string> }
