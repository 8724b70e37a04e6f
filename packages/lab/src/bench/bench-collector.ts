import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Report } from '@slashzero/contract'
import { childOf } from '../cell/start.ts'
import { forward } from '../collector/forward.ts'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import { BenchError, type Measurement } from './measurement.ts'
import { readMemory, readTreeCpu } from './read-usage.ts'
import { startSink } from './start-sink.ts'

const taps = 400
const passes = 30
const warmUps = 10
const scrapes = 20
const exporter = '/usr/bin/prometheus-node-exporter'
const collector = fileURLToPath(new URL('../../../../apps/collector/bin/slashzero-collector.mjs', import.meta.url))

/** What a pass, or a scrape, costs: CPU in milliseconds each, memory in bytes after the last one. */
type Cost = { readonly cpu: number; readonly resident: number; readonly anonymous: number }

/**
 * What a pass of the real collector costs on a hypervisor with 400 taps that radvd serves, sending included, against a
 * scrape of node_exporter beside it.
 */
export async function benchCollector(progress: (text: string) => void): Promise<readonly Measurement[]> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return [skipped('pass, CPU', 'it makes a network namespace, so it needs root on Linux')]
  }
  await cleanLeftovers()
  progress(`making a hypervisor with ${taps} taps`)
  const hypervisor = await startHypervisor({ name: 'bench', optmemMaxBytes: 131_072 })
  try {
    await hypervisor.addTaps(taps)
    progress(`waiting for ${passes} passes of the collector`)
    const pass = await measureCollector(hypervisor)
    if (!existsSync(exporter)) {
      const reason = 'it is not installed: apt install prometheus-node-exporter'
      return [...describe(pass), skipped('peer: node_exporter scrape, CPU', reason)]
    }
    progress(`scraping node_exporter ${scrapes} times`)
    return [...describe(pass), ...compare(pass, await measureExporter(hypervisor))]
  } finally {
    await hypervisor.dispose()
  }
}

async function measureCollector(hypervisor: Hypervisor): Promise<Cost> {
  const sink = await startSink()
  forward(hypervisor.cell, new URL(sink.url))
  const child = hypervisor.cell.spawn(process.execPath, [collector, 'run', '--state-dir', '/run/slashzero-collector'], {
    env: { SLASHZERO_SERVER: sink.url, SLASHZERO_ENROLMENT_TOKEN: 'bench', SLASHZERO_INTERVAL_SECONDS: '1' },
  })
  const cost = await measureChild(child, async (pid) => {
    const last = await untilReports(sink, child, sink.reports().length + warmUps)
    const seen = last.namespaces.flatMap((namespace) => namespace.taps).filter((tap) => tap.up && tap.allRoutersUsers === 2)
    if (seen.length !== taps) throw new BenchError(`The collector sees ${seen.length} of ${taps} taps up and joined.`)
    const [before, first] = [readTreeCpu(pid), sink.reports().length]
    await untilReports(sink, child, first + passes)
    return { cpu: (readTreeCpu(pid) - before) / (sink.reports().length - first), ...readMemory(pid) }
  })
  await sink.close()
  return cost
}

async function untilReports(sink: { reports: () => readonly Report[] }, child: ChildProcess, count: number): Promise<Report> {
  const deadline = performance.now() + 120_000
  for (;;) {
    const last = sink.reports().at(-1)
    if (last !== undefined && sink.reports().length >= count) return last
    if (child.exitCode !== null) throw new BenchError(`The collector ended with status ${child.exitCode}.`)
    if (performance.now() > deadline) {
      throw new BenchError(`The collector sent ${sink.reports().length} reports in two minutes where ${count} were awaited.`)
    }
    await sleep(20)
  }
}

async function measureExporter(hypervisor: Hypervisor): Promise<Cost> {
  const address = '127.0.0.1:9100'
  const child = hypervisor.cell.spawn(exporter, [`--web.listen-address=${address}`])
  const script = ['--input-type=module', '-e', scraper, `http://${address}/metrics`]
  const scrape = (times: number) => hypervisor.cell.run(process.execPath, [...script, String(times)])
  return measureChild(child, async (pid) => {
    const interfaces = Number(await scrape(warmUps))
    if (interfaces < taps) throw new BenchError(`node_exporter sees ${interfaces} of ${taps} taps.`)
    const before = readTreeCpu(pid)
    await scrape(scrapes)
    return { cpu: (readTreeCpu(pid) - before) / scrapes, ...readMemory(pid) }
  })
}

// Runs inside the hypervisor; waits for the exporter to listen, then prints how many taps the last scrape showed.
const scraper = `
const [url, times] = process.argv.slice(1)
let text = ''
for (let left = 50; left > 0; left -= 1) {
  try { await fetch(url, { method: 'HEAD' }); break } catch { await new Promise((done) => setTimeout(done, 100)) }
}
for (let left = Number(times); left > 0; left -= 1) text = await (await fetch(url)).text()
process.stdout.write(String([...text.matchAll(/^node_network_up{device="tap/gm)].length))`

/** Measures the program that `child`, an nsenter, runs inside the hypervisor, and ends it. */
async function measureChild(child: ChildProcess, measure: (pid: number) => Promise<Cost>): Promise<Cost> {
  const ended = once(child, 'exit')
  await once(child, 'spawn')
  await sleep(200)
  const pid = childOf(child)
  try {
    return await measure(pid)
  } finally {
    if (child.exitCode === null) process.kill(pid, 'SIGTERM')
    await ended
  }
}

const bench = 'collector'
const mebibyte = 2 ** 20

function describe({ cpu, resident, anonymous }: Cost): readonly Measurement[] {
  return [
    { bench, measure: 'pass, CPU', value: cpu, unit: 'ms', note: `${taps} up taps that radvd has joined, report sent and acknowledged, mean of ${passes}` },
    { bench, measure: 'memory, resident', value: resident / mebibyte, unit: 'MiB' },
    { bench, measure: 'memory, anonymous', value: anonymous / mebibyte, unit: 'MiB' },
  ]
}

function compare(pass: Cost, scrape: Cost): readonly Measurement[] {
  return [
    { bench, measure: 'peer: node_exporter scrape, CPU', value: scrape.cpu, unit: 'ms', note: `in the same namespace, its default collectors, mean of ${scrapes}` },
    { bench, measure: 'peer: memory, resident', value: scrape.resident / mebibyte, unit: 'MiB' },
    { bench, measure: 'peer: memory, anonymous', value: scrape.anonymous / mebibyte, unit: 'MiB' },
    { bench, measure: 'ratio of CPU', value: pass.cpu / scrape.cpu, unit: 'x', note: 'below 1 = a pass costs less than a scrape' },
    { bench, measure: 'ratio of anonymous memory', value: pass.anonymous / scrape.anonymous, unit: 'x' },
  ]
}

function skipped(measure: string, note: string): Measurement {
  return { bench, measure, value: null, unit: 'ms', note }
}
