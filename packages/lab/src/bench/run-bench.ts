import { parseArgs } from 'node:util'
import { SendError } from '@slashzero/demo'
import { messageOf } from '@slashzero/contract/report'
import { benchAbuse } from './bench-abuse.ts'
import { benchCollector } from './bench-collector.ts'
import { benchIngest } from './bench-ingest.ts'
import { benchSoak } from './bench-soak.ts'
import { benchStale } from './bench-stale.ts'
import { BenchError, type BenchName, benchNames, type Measurement, serverBenches, type Target } from './measurement.ts'
import { printTable } from './print-table.ts'

const help = `slashzero-lab bench [ingest|abuse] [collector|stale|soak] [--json] [--minutes N] [--hosts N] --server URL --server-pid PID --database-url URL
  --enrolment-token TOKEN

Measures a server that may be filled with data (ingest, abuse), and a collector on this machine (collector, stale, soak; root), which
needs no server. Each run also measures a real peer; compare the ratios, because the figures themselves depend on the machine.

  --json          one line of JSON for each measurement instead of the table
  --minutes N     how long four hostile hosts attack the server (abuse, default 5), which runs only by name; or how long
                  whole reports and deltas are sent (ingest, default 0.25)
  --hosts N       hosts of the ingest (default 1000)`

/** Runs `slashzero-lab bench` and returns its exit status: 1 if a benchmark failed. A skipped benchmark prints why. */
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

/** `target` is null if no requested benchmark needs a server. */
type Wish = {
  readonly names: readonly BenchName[]
  readonly json: boolean
  readonly minutes: number | null
  readonly hosts: number
  readonly target: Target | null
}

async function measure({ names, json, ...wish }: Wish): Promise<number> {
  const measurements: Measurement[] = []
  let failed = false
  for (const name of names) {
    // A failed benchmark does not stop the others.
    const measured = await run(name, wish).catch((error: unknown) => {
      failed = true
      return [describeFailure(name, error)]
    })
    measurements.push(...measured)
    if (json) for (const one of measured) process.stdout.write(`${JSON.stringify(one)}\n`)
  }
  if (!json) process.stdout.write(`${printTable(measurements)}\n`)
  return failed ? 1 : 0
}

type Sizes = Pick<Wish, 'minutes' | 'hosts' | 'target'>
type Bench = (progress: (text: string) => void, sizes: Sizes) => Promise<readonly Measurement[]>

const ABUSE_MINUTES = 5
const INGEST_MINUTES = 0.25

const benches: Record<BenchName, Bench> = {
  ingest: (progress, { target, minutes, hosts }) =>
    benchIngest(demand(target), { minutes: minutes ?? INGEST_MINUTES, hosts }, progress),
  abuse: (progress, { target, minutes }) => benchAbuse(demand(target), minutes ?? ABUSE_MINUTES, progress),
  collector: benchCollector,
  stale: benchStale,
  soak: benchSoak,
}

async function run(name: BenchName, sizes: Sizes): Promise<readonly Measurement[]> {
  return benches[name]((text) => process.stderr.write(`${name}: ${text}\n`), sizes)
}

function demand(target: Target | null): Target {
  if (target === null)
    throw new BenchError('This benchmark measures a server: run `npm run bench`, which starts a server.')
  return target
}

function describeFailure(bench: BenchName, error: unknown): Measurement {
  if (!(error instanceof BenchError || error instanceof SendError)) throw error
  return { bench, measure: 'everything', value: null, unit: '', note: error.message }
}

/** Fewer hosts than connections would wait for each other. */
const MIN_HOSTS = 50

function readWish(argv: readonly string[]): Wish | null {
  const { values, positionals } = parse(argv)
  if (values.help) return null
  const unknown = positionals.find((name) => !benchNames.some((known) => known === name))
  if (unknown !== undefined)
    throw new BenchError(`There is no benchmark "${unknown}"; there are ${benchNames.join(', ')}.`)
  const names = benchNames.filter((name) => (positionals.length === 0 ? name !== 'abuse' : positionals.includes(name)))
  const minutes = values.minutes === undefined ? null : Number(values.minutes)
  if (minutes !== null && !(minutes > 0)) throw new BenchError(`--minutes is ${values.minutes}; give a number above 0.`)
  const hosts = Number(values.hosts)
  if (!Number.isInteger(hosts) || hosts < MIN_HOSTS)
    throw new BenchError(`--hosts is ${values.hosts}; give a whole number of at least ${MIN_HOSTS}.`)
  const required = (option: 'server' | 'server-pid' | 'database-url' | 'enrolment-token') => {
    const value = values[option]
    if (value === undefined)
      throw new BenchError(`--${option} is missing; \`npm run bench\` starts a server and passes it.`)
    return value
  }
  const json = values.json
  if (!names.some((name) => serverBenches.has(name))) return { names, json, minutes, hosts, target: null }
  return {
    names,
    json,
    minutes,
    hosts,
    target: {
      server: required('server'),
      serverPid: Number(required('server-pid')),
      databaseUrl: required('database-url'),
      enrolmentToken: required('enrolment-token'),
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
        json: { type: 'boolean', default: false },
        minutes: { type: 'string' },
        hosts: { type: 'string', default: '1000' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new BenchError(messageOf(error))
  }
}
