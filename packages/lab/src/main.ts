import { parseArgs } from 'node:util'
import { messageOf } from '@slashzero/contract/report'
import { cleanLeftovers } from './leftover/clean.ts'
import { scenarios } from './scenario/list.ts'
import { type RunOptions, runScenario } from './scenario/run.ts'
import { runTrial, trials } from './scenario/trials.ts'

const USAGE = `Usage: slashzero lab <scenario> [options]
       slashzero lab kernel [-- COMMAND]

${describeScenarios()}
  list         Names the scenarios.
  clean        Removes the leftovers of a killed lab.

Options:
  --hypervisors N         How many hypervisors (1)
  --route-lifetime S      Seconds a guest keeps its route after the last advertisement (20)
  --pause S               Seconds between two rounds of churn (5)
  --server URL            A server on this machine that receives the reports of the collectors
  --enrolment-token T     An enrolment token for as many hypervisors`

const stop = new AbortController()
// Ctrl-C may arrive twice, from the terminal and from the parent process: the second signal changes nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
stopWithParent()
try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      hypervisors: { type: 'string', default: '1' },
      'route-lifetime': { type: 'string', default: '20' },
      pause: { type: 'string', default: '5' },
      server: { type: 'string' },
      'enrolment-token': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [command = 'help'] = positionals
  const scenario = scenarios.get(command)
  if (values.help || command === 'help') return console.log(USAGE)
  if (command === 'list') return console.log(describeScenarios())
  if (command === 'clean') return clean()
  const trial = trials.get(command)
  if (trial) return runTrial(trial, positionals.slice(1), stop.signal)
  if (!scenario) throw new Error(`There is no scenario "${command}". The scenarios are:\n${describeScenarios()}`)
  const options: RunOptions = {
    hypervisors: whole('--hypervisors', values.hypervisors, 1, 20),
    routeLifetimeSeconds: whole('--route-lifetime', values['route-lifetime'], 4, 9000),
    pauseSeconds: whole('--pause', values.pause, 0, 3600),
    collector: collectorOptions(values.server, values['enrolment-token']),
  }
  await runScenario(command, scenario, options, stop.signal)
  console.log('All of the lab is removed.')
}

/** Stops with the parent: a lab whose parent crashed would otherwise continue unseen. */
function stopWithParent(): void {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop.abort(), 1000).unref()
}

function describeScenarios(): string {
  return [...scenarios, ...trials].map(([name, { sentence }]) => `  ${name.padEnd(12)} ${sentence}`).join('\n')
}

async function clean(): Promise<void> {
  const { removed, ended, running } = await cleanLeftovers()
  for (const lab of removed) console.log(`Removed the leftovers of lab ${lab}.`)
  if (ended.length > 0) console.log(`Ended its processes ${ended.join(', ')}.`)
  for (const pid of running) console.log(`Process ${pid} runs a lab now; Ctrl-C there removes it.`)
  if (removed.length + running.length === 0) console.log('Nothing was left behind.')
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new Error(`${flag} takes a whole number from ${min} to ${max}, not "${text}".`)
}

function collectorOptions(server: string | undefined, enrolmentToken: string | undefined): RunOptions['collector'] {
  if (server === undefined && enrolmentToken === undefined) return null
  if (server !== undefined && enrolmentToken !== undefined) return { server, enrolmentToken }
  throw new Error('--server needs --enrolment-token, and --enrolment-token needs --server.')
}
