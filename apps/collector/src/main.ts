import packageJson from '../package.json' with { type: 'json' }
import { systemClock, systemSleep } from './clock.ts'
import { checkConfiguration } from './command/check-configuration.ts'
import { complain } from './command/complain.ts'
import { loadGiven } from './command/load-given.ts'
import { makePushToken } from './command/make-push-token.ts'
import { parseArguments, UsageError } from './command/parse-arguments.ts'
import type { Command } from './command/parse-arguments.ts'
import { printReport } from './command/print-report.ts'
import { print } from './command/print.ts'
import { runService } from './command/run-service.ts'
import type { Runtime } from './command/run-service.ts'
import { ConfigurationError } from './config/index.ts'
import { widenThreadPool } from './env.ts'

widenThreadPool()
const runtime: Runtime = { version: packageJson.version, clock: systemClock, sleep: systemSleep }
const args = process.argv.slice(2)
try {
  await main(parseArguments(args))
} catch (error) {
  complain(error)
  const mistaken = error instanceof UsageError || error instanceof ConfigurationError
  // Status 2 of doctor means a broken machine, so an error of doctor is 3, unknown.
  process.exitCode = args[0] === 'doctor' ? 3 : mistaken ? 2 : 1
}

async function main(command: Command): Promise<void> {
  if (command.name === 'help') {
    const { helpOf } = await import('./command/help.ts')
    return print(helpOf(command.of))
  }
  if (command.name === 'version') {
    return print(`slashzero-collector ${runtime.version}\n`)
  }
  if (command.name === 'config check') {
    const { text, exitCode } = checkConfiguration(command.file)
    process.exitCode = exitCode
    return print(text)
  }
  if (command.name === 'push-token') {
    return print(makePushToken(command.vm, loadGiven(command.given).stateDir))
  }
  if (process.platform !== 'linux') throw new Error('slashzero-collector runs only on Linux.')
  switch (command.name) {
    case 'once':
      return printReport(loadGiven(command.given), command.json, runtime)
    case 'run':
      return runService(command.given, runtime)
    case 'doctor': {
      const { printDiagnosis } = await import('./command/print-diagnosis.ts')
      return printDiagnosis(command.given, command.format, runtime)
    }
    default:
      return command satisfies never
  }
}
