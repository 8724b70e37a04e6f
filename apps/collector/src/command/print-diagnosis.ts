import { messageOf } from '@slashzero/contract/report'
import { loadSettings } from '../config/index.ts'
import type { Settings } from '../config/index.ts'
import { renderFailure } from '../doctor/render-checks.ts'
import { runDoctor } from '../doctor/run-doctor.ts'
import { readEnvironment } from '../env.ts'
import { readMachine } from '../host/read-host.ts'
import { exitAtOnce } from '../io/exit-at-once.ts'
import { openKernel } from '../io/open-kernel.ts'
import { composePass, LONG_SEARCH_MILLISECONDS } from '../pass/compose-pass.ts'
import { complain } from './complain.ts'
import type { DoctorFormat, Given } from './parse-arguments.ts'
import { print } from './print.ts'
import type { Runtime } from './run-service.ts'
import { watchAdvertisements } from './watch-advertisements.ts'

/** `doctor`: looks at this machine, prints the diagnosis and ends the process with its exit status. */
export async function printDiagnosis(given: Given, format: DoctorFormat, runtime: Runtime): Promise<void> {
  const { text, exitCode } = await diagnoseHere(given, format, runtime).catch((error: unknown) => {
    const failure = renderFailure(format, messageOf(error))
    if (failure === null) throw error
    return failure
  })
  await print(text)
  // A guest agent or a file that hangs must not hold a monitoring plugin up.
  exitAtOnce(exitCode)
}

async function diagnoseHere(
  given: Given,
  format: DoctorFormat,
  { version, clock }: Runtime,
): Promise<{ text: string; exitCode: number }> {
  const kernel = openKernel()
  const host = { id: 'doctor', ...readMachine(kernel, version, {}) }
  const settings = loadForDoctor(given)
  const advertisements = watchAdvertisements(kernel, clock, settings)
  const { pass, close } = composePass({
    searchMilliseconds: LONG_SEARCH_MILLISECONDS,
    routeMilliseconds: ROUTE_MILLISECONDS,
    kernel,
    clock,
    host,
    settings,
    advertisements,
  })
  const { isTTY, columns } = process.stdout
  const terminal = isTTY
    ? { width: Math.max(40, columns), colour: process.stdout.hasColors() }
    : { width: 100, colour: false }
  const say = (progress: string) =>
    void (format === 'text' && process.stderr.write(`slashzero-collector: ${progress}\n`))
  const told = await runDoctor({ kernel, clock, pass, format, stateDir: settings.stateDir, terminal, say })
  close()
  return told
}

/** A broken configuration stops doctor only if the command line names the file. */
function loadForDoctor({ file, flags }: Given): Settings {
  try {
    const { settings, skipped } = loadSettings({ file, flags, environment: readEnvironment() })
    if (skipped !== null) complain(skipped)
    return settings
  } catch (error) {
    if (file !== null) throw error
    const { settings } = loadSettings({ file: false, flags, environment: {} })
    complain(error)
    return settings
  }
}

const ROUTE_MILLISECONDS = 3000
