import { parseArgs } from 'node:util'
import { benchCollector } from './bench-collector.ts'
import { benchFleet } from './bench-fleet.ts'
import { benchIngest } from './bench-ingest.ts'
import { SendError } from '../simulate/send-reports.ts'
import { BenchError, type BenchName, benchNames, type Measurement, type Target } from './measurement.ts'
import { printTable } from './print-table.ts'

const help = `slashzero-lab bench [ingest|collector|fleet] [--json] --server URL --server-pid PID --database-url URL
  --enrolment-token TOKEN --api-token TOKEN --setup-token TOKEN

Measures a server that may be filled with data, and a collector on this machine (root). Every figure is taken together with
a real peer's in the same run; compare the ratios, for the figures themselves depend on the machine.

  --json   one line of JSON a measurement instead of the table`

/** Runs `slashzero-lab bench`; answers its exit status: 1 where a benchmark failed. What is skipped says why. */
export async function runBench(argv: readonly string[]): Promise<number> {
  try {
    const wish = readWish(argv)
    if (wish !== null) return await measure(wish)
    process.stdout.write(`${help}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

type Wish = { readonly names: readonly BenchName[]; readonly json: boolean; readonly target: Target }

async function measure({ names, json, target }: Wish): Promise<number> {
  const measurements: Measurement[] = []
  let failed = false
  for (const name of names) {
    // A benchmark that fails takes no other with it.
    const measured = await run(name, target).catch((error: unknown) => {
      failed = true
      return [describeFailure(name, error)]
    })
    measurements.push(...measured)
    if (json) for (const one of measured) process.stdout.write(`${JSON.stringify(one)}\n`)
  }
  if (!json) process.stdout.write(`${printTable(measurements)}\n`)
  return failed ? 1 : 0
}

const benches: Record<BenchName, (target: Target, progress: (text: string) => void) => Promise<readonly Measurement[]>> = {
  ingest: benchIngest,
  collector: (_, progress) => benchCollector(progress),
  fleet: benchFleet,
}

async function run(name: BenchName, target: Target): Promise<readonly Measurement[]> {
  return benches[name](target, (text) => process.stderr.write(`${name}: ${text}\n`))
}

function describeFailure(bench: BenchName, error: unknown): Measurement {
  if (!(error instanceof BenchError || error instanceof SendError)) throw error
  return { bench, measure: 'everything', value: null, unit: '', note: error.message }
}

function readWish(argv: readonly string[]): Wish | null {
  const { values, positionals } = parse(argv)
  if (values.help) return null
  const unknown = positionals.find((name) => !benchNames.some((known) => known === name))
  if (unknown !== undefined) throw new BenchError(`There is no benchmark "${unknown}"; there are ${benchNames.join(', ')}.`)
  const names = benchNames.filter((name) => positionals.length === 0 || positionals.includes(name))
  const required = (option: 'server' | 'server-pid' | 'database-url' | 'enrolment-token' | 'api-token') => {
    const value = values[option]
    if (value === undefined) throw new BenchError(`--${option} is missing; \`npm run bench\` starts a server and passes it.`)
    return value
  }
  return {
    names,
    json: values.json,
    target: {
      server: required('server'),
      serverPid: Number(required('server-pid')),
      databaseUrl: required('database-url'),
      enrolmentToken: required('enrolment-token'),
      apiToken: required('api-token'),
      setupToken: values['setup-token'] ?? null,
    },
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        'server-pid': { type: 'string' },
        'database-url': { type: 'string' },
        'enrolment-token': { type: 'string' },
        'api-token': { type: 'string' },
        'setup-token': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error))
  }
}
