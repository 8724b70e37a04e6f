// Measures ways to package the collector, without taps and with 400 taps that are up: `node
// apps/collector/packaging/measure.ts`. Needs root on Linux x64, the npm registry and 15 minutes.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENROL_PATH } from '@slashzero/contract/report'
import { type BareHypervisor, startBareHypervisor } from '@slashzero/lab/testing'
import { bundle, ENTRY } from './bundle.ts'
import { carry } from './carry.ts'
import { strip } from './strip.ts'

type Way = { name: string; command: string[]; files: string[] }
type Hypervisor = BareHypervisor
type Steady = { resident: number; anonymous: number; cpu: number; reports: number }

const ROUNDS = 5
const WARM_UP_SECONDS = 10
const STEADY_SECONDS = 20
const TAPS = Array.from({ length: 400 }, (_, index) => `tap${1001 + index}`)
const PORT = 7777
const SENTINEL = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const SMALL_HEAPS = ['--max-semi-space-size=1', '--max-old-space-size=128']
const SINGLE = ['--single-threaded', '--v8-pool-size=0']
const ONE_ARENA = ['env', 'MALLOC_ARENA_MAX=1']
const CHOSEN = [...SMALL_HEAPS, '--optimize-for-size', ...SINGLE, '--no-sparkplug']

// Answers like a Slashzero server that takes deltas and prints a line for each report.
const SERVER = `require('node:http').createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const enrols = request.url === '${ENROL_PATH}'
    response.statusCode = enrols ? 201 : 200
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(enrols ? { hypervisorId: 'hv_1', credential: 'sz_host_1' } : { accepted: 1, duplicates: 0, base: 'held' }))
    if (!enrols) console.log('report')
  })
}).listen(${PORT}, '127.0.0.1', () => console.log('listening'))`

const folder = mkdtempSync(join(tmpdir(), 'slashzero-measure-'))
const machines = { empty: await startBareHypervisor(), full: await startBareHypervisor() }
try {
  const vm = await machines.full.startVm('-name', 'guest=vm-1')
  await vm.ask('open', ...TAPS)
  for (const tap of TAPS) await machines.full.run('ip', 'link', 'set', tap, 'up')
  const received = { empty: await listen(machines.empty), full: await listen(machines.full) }
  const ways = await prepare()
  process.stdout.write(
    '| way | files, MB | once, ms | RSS, MB | anonymous, MB, no taps | 400 taps | CPU, ms a pass, no taps | 400 taps | reports |\n|---|---|---|---|---|---|---|---|---|\n',
  )
  for (const way of ways) {
    const megabytes = way.files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6
    const milliseconds = timeOnce(way)
    const none = await run(machines.empty, way, received.empty)
    const many = await run(machines.full, way, received.full)
    const memory = [many.resident, none.anonymous, many.anonymous].map((bytes) => (bytes / 2 ** 20).toFixed(1))
    const cells = [
      way.name,
      megabytes.toFixed(1),
      milliseconds.toFixed(0),
      ...memory,
      none.cpu.toFixed(0),
      many.cpu.toFixed(0),
      none.reports + many.reports,
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
} finally {
  await machines.empty.remove()
  await machines.full.remove()
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

async function prepare(): Promise<Way[]> {
  const carried = await carry('x64')
  const at = (name: string) => join(folder, name)
  const { code } = await bundle('0.0.0')
  const whole = await bundle('0.0.0', false)
  writeFileSync(at('node'), strip(carried.node), { mode: 0o755 })
  writeFileSync(at('koffi.node'), carried.koffi)
  for (const [name, text] of code) writeFileSync(at(name), text)
  writeFileSync(at('collector.cjs'), toCommonJs(whole.code.get(ENTRY) ?? ''))
  execFileSync(
    'npm',
    ['install', '--prefix', folder, '--silent', '--ignore-scripts', 'postject@1.0.0-alpha.6', '@oven/bun-linux-x64@1'],
    { stdio: 'ignore' },
  )
  const node = (name: string, flags: string[], before: string[] = []): Way => ({
    name,
    command: [...before, at('node'), ...flags, at(ENTRY)],
    files: [at('node'), at('koffi.node'), ...[...code.keys()].map(at)],
  })
  return [
    node('node + bundle', []),
    node(`node + bundle, ${SMALL_HEAPS.join(' ')} ("small heaps")`, SMALL_HEAPS),
    node('small heaps, --optimize-for-size', [...SMALL_HEAPS, '--optimize-for-size']),
    node('small heaps, --single-threaded --v8-pool-size=0', [...SMALL_HEAPS, ...SINGLE]),
    node('small heaps, --optimize-for-size --single-threaded --v8-pool-size=0', [
      ...SMALL_HEAPS,
      '--optimize-for-size',
      ...SINGLE,
    ]),
    node('the same, --no-sparkplug', CHOSEN),
    node('the same, MALLOC_ARENA_MAX=1', CHOSEN, ONE_ARENA),
    node('the same, --expose-gc (the collector collects by growth)', [...CHOSEN, '--expose-gc'], ONE_ARENA),
    node('the bold line, --lite-mode', [...CHOSEN, '--lite-mode'], ONE_ARENA),
    node('the bold line, --jitless', [...CHOSEN, '--jitless'], ONE_ARENA),
    single('Node single executable, small heaps'),
    bun('Bun single executable', []),
    bun('the same, --smol', ['--smol']),
    bun('the same, without compilers (BUN_JSC_useJIT=0)', ['--smol'], ['env', 'BUN_JSC_useJIT=0']),
  ]
}

function single(name: string): Way {
  const own = join(folder, 'single')
  mkdirSync(own)
  const executable = join(own, 'slashzero-collector')
  writeFileSync(
    join(own, 'sea.json'),
    JSON.stringify({
      main: join(folder, 'collector.cjs'),
      output: join(own, 'blob'),
      disableExperimentalSEAWarning: true,
      execArgv: SMALL_HEAPS,
    }),
  )
  execFileSync(join(folder, 'node'), ['--experimental-sea-config', join(own, 'sea.json')], { stdio: 'ignore' })
  copyFileSync(join(folder, 'node'), executable)
  execFileSync(
    join(folder, 'node_modules/.bin/postject'),
    [executable, 'NODE_SEA_BLOB', join(own, 'blob'), '--sentinel-fuse', SENTINEL],
    { stdio: 'ignore' },
  )
  copyFileSync(join(folder, 'koffi.node'), join(own, 'koffi.node'))
  return { name, command: [executable], files: [executable, join(own, 'koffi.node')] }
}

function bun(name: string, flags: string[], before: string[] = []): Way {
  const executable = join(folder, `bun-collector${flags.join('')}`)
  const compiler = join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun')
  chmodSync(compiler, 0o755)
  const options = flags.length === 0 ? [] : [`--compile-exec-argv=${flags.join(' ')}`]
  execFileSync(compiler, ['build', '--compile', ...options, join(folder, 'collector.cjs'), '--outfile', executable], {
    cwd: folder,
    stdio: 'ignore',
  })
  return { name, command: [...before, executable], files: [executable, join(folder, 'koffi.node')] }
}

/** Turns an ES module into CommonJS, because a single executable of Node 24 takes only CommonJS. */
function toCommonJs(code: string): string {
  const body = code
    .replaceAll(/\bimport (\w+),(\{[^}]*\})from("node:[^"]+");/g, 'import $1 from$3;import$2from$3;')
    .replaceAll(
      /\bimport\{([^}]*)\}from("node:[^"]+");/g,
      (_all, names: string, from: string) => `const {${names.replaceAll(' as ', ': ')}} = require(${from});`,
    )
    .replaceAll(/\bimport (\w+) from("node:[^"]+");/g, 'const $1 = require($2);')
    .replaceAll('import.meta.url', '"file://" + process.execPath')
    .replaceAll(/\bexport\{[^}]*\};/g, '')
  return `(async () => {\n${body}\n})()\n`
}

/** Starts the server in the namespace. Out: a function that returns the number of reports received. */
async function listen(hypervisor: Hypervisor): Promise<() => number> {
  const server = hypervisor.start(process.execPath, '-e', SERVER)
  let reports = 0
  server.stdout?.on('data', (said: Buffer) => {
    reports += said.toString().split('report').length - 1
  })
  if (server.stdout !== null) await once(server.stdout, 'data')
  return () => reports
}

/** The median time of `once`, in milliseconds. */
function timeOnce({ command: [program = '', ...flags] }: Way): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    execFileSync(program, [...flags, 'once', '--json'], { stdio: ['ignore', 'ignore', 'pipe'] })
    return performance.now() - started
  })
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

async function run(hypervisor: Hypervisor, { command }: Way, received: () => number): Promise<Steady> {
  const stateDir = mkdtempSync(join(folder, 'state-'))
  const server = `http://127.0.0.1:${PORT}`
  const child = hypervisor.start(
    ...command,
    'run',
    '--interval',
    '1',
    '--server',
    server,
    '--enrolment-token',
    'sz_enrol_1',
    '--state-dir',
    stateDir,
  )
  const ended = once(child, 'exit')
  await sleep(WARM_UP_SECONDS * 1000)
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'))
  const [before, cpuBefore] = [received(), readTicks(pid)]
  await sleep(STEADY_SECONDS * 1000)
  const reports = received() - before
  const cpu = ((readTicks(pid) - cpuBefore) * 10) / reports
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  process.kill(pid, 'SIGTERM')
  await ended
  return { resident: field('VmRSS'), anonymous: field('RssAnon'), cpu, reports }
}

/** The processor time of all threads, user and system, in ticks of 10 ms. */
function readTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}
