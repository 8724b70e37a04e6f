import { availableParallelism } from 'node:os'
import { describe, type Found } from './ingest/describe.ts'
import { measureTurn, sumTurns, type Turn } from './ingest/meter.ts'
import { type Peers, startPeers } from './ingest/peers.ts'
import { enrolSenders, prepareReports, type Sender } from './ingest/senders.ts'
import { type ClosedTurn, type OpenLoop, sendClosed, sendOpen } from './ingest/send.ts'
import { type Measurement, quantile, type Target } from './measurement.ts'
import { openPostgres } from './open-postgres.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { readMemory } from './read-usage.ts'

const SEED = 70_001
const TAPS = 100
const CONNECTIONS = 50
const PEER_HOSTS = 50
const MIN_PEER_REPORTS = 400
const LONGEST_TURN = 20
const FIELD_RATE = 667
const MAX_P99 = 250
/** Guesses of the rates before the first turn, in reports a second. */
const GUESSED = { wholes: 300, deltas: 1500 }
/** More reports are made than the last rate would send. */
const MARGIN = 1.3
const SHARES = [0.9, 0.75, 0.6, 0.45]

export type IngestWish = {
  /** How long whole reports are sent, and how long deltas are; the open loops take half as long each. */
  readonly minutes: number
  readonly hosts: number
}

/**
 * Reports per second that the ingest stores durably: whole reports, and reports that say what changed. Then how fast it
 * acknowledges reports that come whether or not it is ready. Peers take the same facts, turn by turn.
 */
export async function benchIngest(
  target: Target,
  { minutes, hosts }: IngestWish,
  progress: (text: string) => void,
): Promise<readonly Measurement[]> {
  const postgres = await openPostgres(target.databaseUrl)
  const plans = planBenchHosts({ seed: SEED, hosts, vms: TAPS, now: Date.now() })
  const processes = { server: target.serverPid, postgres: postgres.pid }
  let peers: Peers | null = null
  try {
    const durable = await postgres.readDurability()
    peers = await startPeers(target, postgres, plans.slice(0, PEER_HOSTS))
    const memory = [readMemory(target.serverPid).resident]
    const noteMemory = () => memory.push(readMemory(target.serverPid).resident)
    progress(`enrolling ${hosts} hosts with ${TAPS} VMs each`)
    const senders = await enrolSenders(target, plans)
    progress('their first reports')
    await prepareReports(senders, { count: 1, step: 0, deltas: false })
    await sendClosed(target, senders, { connections: CONNECTIONS, seconds: Number.POSITIVE_INFINITY })
    noteMemory()
    await peers.turn(PEER_HOSTS)

    const seconds = Math.min(LONGEST_TURN, (60 * minutes) / 3)
    const turns = Math.max(3, Math.round((60 * minutes) / seconds))
    const closed = (deltas: boolean, rate: number) =>
      measureClosed({ target, senders, processes, deltas, rate, seconds })
    const wholes: ClosedTurn[] = []
    const deltas: ClosedTurn[] = []
    await closed(false, GUESSED.wholes)
    for (let turn = 0; turn < turns; turn += 1) {
      progress(`whole reports, turn ${turn + 1} of ${turns}`)
      wholes.push(await closed(false, rateOf(wholes) ?? GUESSED.wholes))
      await peers.turn(Math.max(MIN_PEER_REPORTS, seconds * 100))
    }
    await closed(true, GUESSED.deltas)
    for (let turn = 0; turn < turns; turn += 1) {
      progress(`deltas, turn ${turn + 1} of ${turns}`)
      deltas.push(await closed(true, rateOf(deltas) ?? GUESSED.deltas))
      noteMemory()
    }
    const open = (input: { rate: number; deltas: boolean }) =>
      measureOpen({ target, senders, ...input, seconds: 30 * minutes })
    progress(`${FIELD_RATE} reports a second offered`)
    const field = await open({ rate: FIELD_RATE, deltas: true })
    const whole = await findSustained(rateOf(wholes) ?? GUESSED.wholes, open, progress)
    const found: Found = { durable, hosts, taps: TAPS, connections: CONNECTIONS, cores: availableParallelism() }
    return describe(found, {
      wholes,
      deltas,
      field,
      whole,
      memory,
      held: senders.filter(({ base }) => base !== undefined).length,
      ...peers.read(),
    })
  } finally {
    await peers?.stop()
    await postgres.close()
  }
}

/** The rate of all turns, because a checkpoint may hold up one turn. */
function rateOf(turns: readonly Turn[]): number | undefined {
  if (turns.length === 0) return undefined
  const { count, seconds } = sumTurns(turns)
  return count / seconds
}

type Closed = {
  readonly target: Target
  readonly senders: readonly Sender[]
  readonly processes: { readonly server: number; readonly postgres: number }
  readonly deltas: boolean
  readonly rate: number
  readonly seconds: number
}

/** Makes the reports first; what the making costs is not measured. */
async function measureClosed({ target, senders, processes, deltas, rate, seconds }: Closed): Promise<ClosedTurn> {
  const count = Math.ceil((rate * seconds * MARGIN) / senders.length)
  await prepareReports(senders, { count, step: (1000 * senders.length) / rate, deltas })
  return measureTurn(
    processes,
    () => sendClosed(target, senders, { connections: CONNECTIONS, seconds }),
    ({ latencies }) => latencies.length,
  )
}

async function measureOpen(input: {
  readonly target: Target
  readonly senders: readonly Sender[]
  readonly rate: number
  readonly deltas: boolean
  readonly seconds: number
}): Promise<OpenLoop> {
  const { target, senders, rate, deltas, seconds } = input
  const count = Math.ceil((rate * seconds * MARGIN) / senders.length)
  await prepareReports(senders, { count, step: (1000 * senders.length) / rate, deltas })
  return { rate, seconds, sent: await sendOpen(target, senders, { rate, seconds }) }
}

/** The first share of the rate of the closed loop at which the 99th percentile is small; the last share if none is. */
async function findSustained(
  closedRate: number,
  open: (input: { rate: number; deltas: boolean }) => Promise<OpenLoop>,
  progress: (text: string) => void,
): Promise<OpenLoop | null> {
  let last: OpenLoop | null = null
  for (const share of SHARES) {
    const rate = Math.floor(closedRate * share)
    progress(`${rate} whole reports a second offered`)
    last = await open({ rate, deltas: false })
    if ((quantile(last.sent.latencies, 0.99) ?? Number.POSITIVE_INFINITY) < MAX_P99) return last
  }
  return last
}
