import type { Settings } from '../config/index.ts'
import { readHost } from '../host/read-host.ts'
import { exitAtOnce } from '../io/exit-at-once.ts'
import { openKernel } from '../io/open-kernel.ts'
import { composePass, LONG_SEARCH_MILLISECONDS } from '../pass/compose-pass.ts'
import { print } from './print.ts'
import type { Runtime } from './run-service.ts'

/** `once`: makes one pass, prints the report and ends the process. */
export async function printReport(settings: Settings, json: boolean, { version, clock }: Runtime): Promise<void> {
  const kernel = openKernel()
  const host = readHost(kernel, version, settings.labels)
  const bounds = { searchMilliseconds: LONG_SEARCH_MILLISECONDS, routeMilliseconds: ROUTE_MILLISECONDS }
  const { pass, close } = composePass({ ...bounds, kernel, clock, host, settings })
  const report = await pass()
  close()
  await print(`${JSON.stringify(report, null, json ? 0 : 2)}\n`)
  // A file that hangs must not hold the process up.
  exitAtOnce(0)
}

const ROUTE_MILLISECONDS = 5000
