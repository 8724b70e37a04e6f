// Measures ways to carry the collector: `node apps/collector/packaging/measure.ts` (Linux x64, the npm registry, a few minutes).
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundle } from './bundle.ts'
import { carry } from './carry.ts'
import { strip } from './strip.ts'

type Way = { name: string; command: string[]; files: string[] }

const ROUNDS = 7
const STEADY_SECONDS = 40
const SENTINEL = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const folder = mkdtempSync(join(tmpdir(), 'slashzero-measure-'))
try {
  const { server, received } = await listen()
  const rows: string[] = []
  for (const way of await prepare()) rows.push(await measure(way, server, received))
  process.stdout.write(['| way | files, MB | once, ms | RSS, MB | anonymous, MB | CPU, ms a pass | reports |', '|---|---|---|---|---|---|---|', ...rows, ''].join('\n'))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()

async function prepare(): Promise<Way[]> {
  const carried = await carry('x64')
  const at = (name: string) => join(folder, name)
  const { code } = await bundle('0.0.0')
  writeFileSync(at('node'), strip(carried.node), { mode: 0o755 })
  writeFileSync(at('koffi.node'), carried.koffi)
  writeFileSync(at('collector.mjs'), code)
  writeFileSync(at('collector.cjs'), toCommonJs(code))
  execFileSync('npm', ['install', '--prefix', folder, '--silent', '--ignore-scripts', 'postject@1.0.0-alpha.6', '@oven/bun-linux-x64@1'], { stdio: 'ignore' })
  const node = (name: string, flags: string[]): Way => ({
    name,
    command: [at('node'), ...flags, at('collector.mjs')],
    files: [at('node'), at('koffi.node'), at('collector.mjs')],
  })
  return [
    node('node + bundle', []),
    node('node + bundle, --max-semi-space-size=1', ['--max-semi-space-size=1']),
    node('node + bundle, --optimize-for-size', ['--optimize-for-size']),
    node('node + bundle, --max-semi-space-size=1 --max-old-space-size=64', ['--max-semi-space-size=1', '--max-old-space-size=64']),
    node('the same, --optimize-for-size --single-threaded-gc --v8-pool-size=1', ['--max-semi-space-size=1', '--max-old-space-size=64', '--optimize-for-size', '--single-threaded-gc', '--v8-pool-size=1']),
    node('node + bundle, --lite-mode', ['--lite-mode']),
    node('node + bundle, --jitless', ['--jitless']),
    single('Node single executable', false),
    single('Node single executable, code cache', true),
    bun(),
  ]
}

function single(name: string, useCodeCache: boolean): Way {
  const own = join(folder, useCodeCache ? 'cached' : 'plain')
  mkdirSync(own)
  const executable = join(own, 'slashzero-collector')
  writeFileSync(join(own, 'sea.json'), JSON.stringify({ main: join(folder, 'collector.cjs'), output: join(own, 'blob'), disableExperimentalSEAWarning: true, useCodeCache, execArgv: ['--max-semi-space-size=1', '--max-old-space-size=64'] }))
  execFileSync(join(folder, 'node'), ['--experimental-sea-config', join(own, 'sea.json')], { stdio: 'ignore' })
  copyFileSync(join(folder, 'node'), executable)
  execFileSync(join(folder, 'node_modules/.bin/postject'), [executable, 'NODE_SEA_BLOB', join(own, 'blob'), '--sentinel-fuse', SENTINEL], { stdio: 'ignore' })
  copyFileSync(join(folder, 'koffi.node'), join(own, 'koffi.node'))
  return { name, command: [executable], files: [executable, join(own, 'koffi.node')] }
}

function bun(): Way {
  const executable = join(folder, 'bun-collector')
  const compiler = join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun')
  chmodSync(compiler, 0o755)
  execFileSync(compiler, ['build', '--compile', join(folder, 'collector.cjs'), '--outfile', executable], { cwd: folder, stdio: 'ignore' })
  return { name: 'Bun single executable', command: [executable], files: [executable, join(folder, 'koffi.node')] }
}

/** A single executable of Node 24 takes CommonJS only, which knows neither import nor a top-level await. */
function toCommonJs(code: string): string {
  const body = code
    .replaceAll(/^import \{([^}]*)\} from ("node:[^"]+");$/gm, (_all, names: string, from: string) => `const {${names.replaceAll(' as ', ': ')}} = require(${from});`)
    .replaceAll(/^import (\w+) from ("node:[^"]+");$/gm, 'const $1 = require($2);')
    .replaceAll('import.meta.url', '"file://" + process.execPath')
    .replaceAll(/^export \{[^}]*\};?$/gm, '')
  return `(async () => {\n${body}\n})()\n`
}

/** Answers as an ingest does, and counts. */
async function listen(): Promise<{ server: string; received: () => number }> {
  let reports = 0
  const http = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const enrols = request.url === '/ingest/v1/enrol'
      if (!enrols) reports += 1
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(enrols ? { hypervisorId: 'hv_1', credential: 'sz_host_1' } : { accepted: 1, duplicates: 0 }))
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('the answering server does not listen')
  return { server: `http://127.0.0.1:${address.port}`, received: () => reports }
}

async function measure({ name, command, files }: Way, server: string, received: () => number): Promise<string> {
  const megabytes = files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6
  const [program = '', ...flags] = command
  const times = Array.from({ length: ROUNDS }, () => {
    const started = performance.now()
    execFileSync(program, [...flags, 'once', '--json'], { stdio: ['ignore', 'ignore', 'pipe'] })
    return performance.now() - started
  }).toSorted((a, b) => a - b)
  const before = received()
  const stateDir = mkdtempSync(join(folder, 'state-'))
  const child = spawn(program, [...flags, 'run', '--interval', '1', '--server', server, '--enrolment-token', 'sz_enrol_1', '--state-dir', stateDir], { stdio: 'ignore' })
  await sleep(STEADY_SECONDS * 1000)
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const ticks = Number(stat[11]) + Number(stat[12])
  child.kill('SIGTERM')
  const field = (key: string) => (Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024).toFixed(1)
  const reports = received() - before
  return `| ${name} | ${megabytes.toFixed(1)} | ${times[Math.floor(ROUNDS / 2)]?.toFixed(0)} | ${field('VmRSS')} | ${field('RssAnon')} | ${((ticks * 10) / STEADY_SECONDS).toFixed(0)} | ${reports} |`
}
