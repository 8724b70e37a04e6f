import { report, type Report } from '@slashzero/contract/report'
import { COLLECTOR } from './start.ts'

/** Runs the real `slashzero-collector once` with `flags` on `machine` and returns its report. */
export async function collectOnce(machine: Machine, flags: readonly string[] = []): Promise<Report> {
  return report.parse(JSON.parse(await machine.run(process.execPath, [COLLECTOR, 'once', '--json', ...flags])))
}

type Machine = { run(command: string, args: readonly string[]): Promise<string> }
