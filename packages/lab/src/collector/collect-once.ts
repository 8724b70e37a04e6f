import { report, type Report } from '@slashzero/contract/report'
import { COLLECTOR } from './start.ts'

/**
 * Has the real collector read a machine once; out: what it reports.
 *
 * @param machine where it runs
 * @param flags further flags of `slashzero-collector once`
 */
export async function collectOnce(machine: Machine, flags: readonly string[] = []): Promise<Report> {
  return report.parse(JSON.parse(await machine.run(process.execPath, [COLLECTOR, 'once', '--json', ...flags])))
}

type Machine = { run(command: string, args: readonly string[]): Promise<string> }
