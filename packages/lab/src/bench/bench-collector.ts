import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@slashzero/contract/report'
import { forward } from '../collector/forward.ts'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import { nameTaps } from '../tap/churn.ts'
import { BenchError, findObstacle, judge, type Measurement, measuring, median } from './measurement.ts'
import { type Exporter, followProgram, type Program, startExporter, startNetdata } from './peers.ts'
import { readMemory, readTreeCpu } from './read-usage.ts'
import { type Sink, startSink } from './start-sink.ts'
import { type PackagedCollector, unpackCollector } from './unpack-collector.ts'

const figure = measuring('collector')
const SIZES = [50, 400, 2000] as const
/** The sizes with a target. */
const DECISIVE = 400
const SMALL = SIZES[0]
/** The collector re-reads processes that are younger than a minute, such as the processes of this benchmark. */
const WARM_UP_SECONDS = 65
const WINDOW_SECONDS = 30
/** The targets for a pass at the decisive size: in milliseconds, and as a share of a scrape of node_exporter. */
const PASS_TARGET = 20
const CPU_TARGET = 0.1
/** The target for anonymous memory, as a multiple of node_exporter's. */
const MEMORY_TARGET = 1
/**
 * At radvd's default intervals (400 s on average) and the collector's default of 15 s, one tap in 27 gets an
 * advertisement between two passes. Here passes are a second apart.
 */
const ADVERT_INTERVAL_SECONDS = 31

/** The cost of a program in the window: CPU in milliseconds per pass, scrape or second; median memory in bytes. */
type Cost = { readonly cpu: number; readonly anonymous: number; readonly resident: number }
type Costs = {
  readonly taps: number
  readonly load: number
  readonly collector: Cost
  readonly exporter: Cost | string
  readonly netdata: Cost | string
}

/**
 * Measures the packaged collector, sending included, on a hypervisor whose taps radvd serves, beside node_exporter and
 * Netdata. All three run and are measured in the same window, the collector and Netdata once per second.
 */
export async function benchCollector(progress: (text: string) => void): Promise<readonly Measurement[]> {
  const obstacle = findObstacle()
  if (obstacle !== null) return [figure('pass, CPU', null, 'ms', obstacle)]
  await cleanLeftovers()
  progress('building the package')
  const packaged = await unpackCollector()
  const served = nameTaps(SIZES[0])
  const hypervisor = await startHypervisor({
    name: 'bench',
    optmemMaxBytes: 131_072,
    served,
    routeLifetimeSeconds: 1800,
    advertIntervalSeconds: ADVERT_INTERVAL_SECONDS,
  })
  try {
    const costs: Costs[] = []
    for (const taps of SIZES) {
      progress(`making a hypervisor of ${taps} taps`)
      await addTaps(hypervisor, taps)
      progress(`measuring for ${WINDOW_SECONDS} s`)
      costs.push(await compare(hypervisor, packaged, taps))
    }
    return [...costs.flatMap(describe), ...describeGrowth(costs)]
  } finally {
    await hypervisor.dispose()
    await packaged.remove()
  }
}

/**
 * radvd looks through all its interfaces at each event and loses events if thousands of taps come up; at its start it
 * finds all.
 */
async function addTaps(hypervisor: Hypervisor, taps: number): Promise<void> {
  const { cell, radvd } = hypervisor
  await radvd.reload(nameTaps(taps))
  await radvd.kill()
  const adding = hypervisor.addTaps(taps)
  const countUp = async () =>
    (await cell.run('ip', ['-brief', 'link', 'show', 'up', 'type', 'tun'])).split('\n').length - 1
  while ((await countUp()) < taps) await sleep(500)
  await radvd.restart()
  await adding
}

async function compare(hypervisor: Hypervisor, packaged: PackagedCollector, taps: number): Promise<Costs> {
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-bench-'))
  const sink = await startSink()
  const running: Program[] = []
  try {
    const collector = await startPackaged(hypervisor, packaged, sink, folder)
    running.push(collector)
    const exporter = await startExporter(hypervisor.cell)
    if (typeof exporter !== 'string') running.push(exporter)
    const netdata = await startNetdata(hypervisor.cell, `${folder}/netdata`)
    if (typeof netdata !== 'string') running.push(netdata)
    await sleep(WARM_UP_SECONDS * 1000)
    await untilServed(sink, taps)
    if (typeof exporter !== 'string') expectTaps('node_exporter', await exporter.scrape(), taps)
    if (typeof netdata !== 'string') expectTaps('Netdata', await netdata.countTaps(), taps)
    return { taps, ...(await observe({ collector, exporter, netdata, sink })) }
  } finally {
    for (const program of running) await program.stop()
    await sink.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function startPackaged(
  { cell }: Hypervisor,
  { command }: PackagedCollector,
  sink: Sink,
  folder: string,
): Promise<Program> {
  forward(cell, new URL(sink.url))
  return followProgram(
    cell.spawn(command, ['run', '--interval', '1', '--state-dir', `${folder}/state`], {
      env: { SLASHZERO_SERVER: sink.url, SLASHZERO_ENROLMENT_TOKEN: 'bench' },
    }),
  )
}

async function untilServed(sink: Sink, taps: number): Promise<void> {
  const isServed = (report: Report | undefined) =>
    report?.namespaces.flatMap((namespace) => namespace.taps).filter((tap) => tap.up && tap.allRoutersUsers === 2)
      .length === taps
  for (let left = 60; !isServed(sink.reports().at(-1)); left -= 1) {
    if (left === 0) throw new BenchError(`The collector does not see ${taps} taps up and joined.`)
    await sleep(1000)
  }
}

function expectTaps(name: string, seen: number, taps: number): void {
  if (seen < taps) throw new BenchError(`${name} sees ${seen} of ${taps} taps.`)
}

type Observed = { collector: Program; exporter: Exporter | string; netdata: Program | string; sink: Sink }

async function observe({ collector, exporter, netdata, sink }: Observed): Promise<Omit<Costs, 'taps'>> {
  const pass = startMeter(collector.pid)
  const scrape = typeof exporter === 'string' ? exporter : startMeter(exporter.pid)
  const second = typeof netdata === 'string' ? netdata : startMeter(netdata.pid)
  const [first, since] = [sink.reports().length, performance.now()]
  let scrapes = 0
  while (performance.now() - since < WINDOW_SECONDS * 1000) {
    const began = performance.now()
    if (typeof exporter !== 'string') {
      await exporter.scrape()
      scrapes += 1
    }
    for (const meter of [pass, scrape, second]) if (typeof meter !== 'string') meter.look()
    // The scrape of a large host takes longer than a second and must leave room for the others.
    await sleep(Math.max(1000 - (performance.now() - began), performance.now() - began))
  }
  const seconds = (performance.now() - since) / 1000
  const passes = sink.reports().length - first
  if (passes === 0) throw new BenchError('The collector sent no report while it was measured.')
  return {
    load: loadavg()[0] ?? Number.NaN,
    collector: pass.read(passes),
    exporter: typeof scrape === 'string' ? scrape : scrape.read(scrapes),
    netdata: typeof second === 'string' ? second : second.read(seconds),
  }
}

function startMeter(pid: number) {
  const before = readTreeCpu(pid)
  const looks: ReturnType<typeof readMemory>[] = []
  return {
    look: () => looks.push(readMemory(pid)),
    read: (times: number): Cost => ({
      cpu: (readTreeCpu(pid) - before) / times,
      anonymous: median(looks.map((look) => look.anonymous)),
      resident: median(looks.map((look) => look.resident)),
    }),
  }
}

const MEBIBYTE = 2 ** 20

function describe({ taps, load, collector, exporter, netdata }: Costs): readonly Measurement[] {
  const tell = (measure: string, value: number | null, unit: string, note?: string) =>
    figure(`${taps} taps: ${measure}`, value, unit, note)
  const show = (name: string, cost: Cost, each: string, note?: string): Measurement[] => [
    tell(`${name}, CPU`, cost.cpu, `ms/${each}`, note),
    tell(`${name}, anonymous`, cost.anonymous / MEBIBYTE, 'MiB'),
    tell(`${name}, resident`, cost.resident / MEBIBYTE, 'MiB'),
  ]
  const skip = (name: string, note: string) => tell(`peer: ${name}`, null, 'ms', note)
  const aim = (measurement: Measurement, max: number, sizes: readonly number[] = [DECISIVE]) =>
    sizes.includes(taps) ? judge(measurement, max) : measurement
  const note = `report sent and acknowledged; load of the machine ${load.toFixed(1)}`
  const [pass, ...memory] = show('packaged collector', collector, 'pass', note)
  const rows = [...(pass === undefined ? [] : [aim(pass, PASS_TARGET)]), ...memory]
  if (typeof exporter === 'string') rows.push(skip('node_exporter', exporter))
  else {
    rows.push(...show('peer: node_exporter', exporter, 'scrape', 'its default collectors'))
    rows.push(aim(tell('CPU, pass to scrape', collector.cpu / exporter.cpu, 'x'), CPU_TARGET))
    const share = tell('anonymous, to node_exporter', collector.anonymous / exporter.anonymous, 'x')
    rows.push(aim(share, MEMORY_TARGET, [SMALL, DECISIVE]))
  }
  if (typeof netdata === 'string') return [...rows, skip('Netdata', netdata)]
  rows.push(...show('peer: Netdata', netdata, 's', 'its defaults, once a second, with its plugins'))
  rows.push(tell('CPU, pass to a second of Netdata', collector.cpu / netdata.cpu, 'x', 'each once a second'))
  return rows
}

/**
 * CPU of one more tap between two sizes. If cost grows with taps alone, the second step costs no more per tap than the
 * first.
 */
function describeGrowth(costs: readonly Costs[]): readonly Measurement[] {
  const [small, middle, large] = costs
  if (small === undefined || middle === undefined || large === undefined) return []
  const slope = (from: Costs, to: Costs) => ((to.collector.cpu - from.collector.cpu) / (to.taps - from.taps)) * 1000
  const [first, second] = [slope(small, middle), slope(middle, large)]
  return [
    figure(`CPU of one more tap, ${small.taps} to ${middle.taps}`, first, 'µs/pass'),
    figure(`CPU of one more tap, ${middle.taps} to ${large.taps}`, second, 'µs/pass'),
    judge(figure('growth', second / first, 'x', '1 = linear in taps'), 1.3),
  ]
}
