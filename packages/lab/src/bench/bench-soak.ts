import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { forward } from '../collector/forward.ts'
import { type Hypervisor, startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import { BenchError, findObstacle, judge, type Measurement, measuring, median } from './measurement.ts'
import { type Line, runPasses } from './run-passes.ts'
import { startSink } from './start-sink.ts'

const figure = measuring('soak')
const PASSES = 10_000
const LINES = 100
const TAPS = 50
const CHURNED = 5
/** A tenth of the collector's memory: the heap itself varies as much. */
const MAX_GROWTH_MEBIBYTES = 2

/** Whether memory or descriptors grow over 10,000 passes with sent reports, while taps come and go. */
export async function benchSoak(progress: (text: string) => void): Promise<readonly Measurement[]> {
  const obstacle = findObstacle()
  if (obstacle !== null) return [figure('growth', null, 'MiB', obstacle)]
  await cleanLeftovers()
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-soak-'))
  const sink = await startSink()
  const hypervisor = await startHypervisor({ name: 'soak', optmemMaxBytes: 131_072 })
  const over = new AbortController()
  try {
    await hypervisor.addTaps(TAPS)
    forward(hypervisor.cell, new URL(sink.url))
    const churning = churn(hypervisor, over.signal)
    const soaking = runPasses(
      hypervisor.cell,
      [String(PASSES), String(LINES), sink.url, folder],
      ({ passes: done }) => {
        if (done % (PASSES / 10) === 0) progress(`${done} passes`)
      },
    )
    const measured = await Promise.race([soaking, churning])
    if (measured === undefined) throw new BenchError('The taps no longer come and go: the churn process ended.')
    over.abort()
    await churning
    return describe(measured, sink.reports().length)
  } finally {
    over.abort()
    await hypervisor.dispose()
    await sink.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function churn(hypervisor: Hypervisor, over: AbortSignal): Promise<undefined> {
  while (!over.aborted) {
    await hypervisor.addTaps(TAPS + CHURNED)
    await hypervisor.addTaps(TAPS)
    await sleep(1000)
  }
}

function describe(measured: readonly Line[], reports: number): readonly Measurement[] {
  // A tenth on each side, because one line may precede a garbage collection and another may follow it.
  const tenth = Math.floor(measured.length / 10)
  // The first tenth warms up.
  const [start, middle, end] = [
    measured.slice(tenth, 2 * tenth),
    measured.slice(5 * tenth, 6 * tenth),
    measured.slice(-tenth),
  ]
  const anonymous = (part: readonly Line[]) => median(part.map(({ anonymousBytes }) => anonymousBytes)) / 2 ** 20
  const descriptors = (part: readonly Line[]) => median(part.map((line) => line.descriptors))
  const failed = new Set(measured.flatMap((line) => line.failed))
  const note = `${reports} reports arrived; ${TAPS} taps, and ${CHURNED} of them come and go${failed.size === 0 ? '' : `; failed: ${[...failed].join(', ')}`}`
  return [
    figure('CPU', median(measured.map(({ cpuMilliseconds }) => cpuMilliseconds)), 'ms/pass', note),
    figure(
      'anonymous, start',
      anonymous(start),
      'MiB',
      `passes ${start[0]?.passes} to ${start.at(-1)?.passes}, median`,
    ),
    figure('anonymous, middle', anonymous(middle), 'MiB'),
    figure('anonymous, end', anonymous(end), 'MiB'),
    judge(figure('anonymous, growth', anonymous(end) - anonymous(start), 'MiB'), MAX_GROWTH_MEBIBYTES),
    figure('descriptors, start', descriptors(start), ''),
    judge(figure('descriptors, growth', descriptors(end) - descriptors(start), 'descriptors'), 0),
  ]
}
