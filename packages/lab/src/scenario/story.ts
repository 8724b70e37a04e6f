import { setTimeout as sleep } from 'node:timers/promises'
import type { Hypervisor } from '../hypervisor/start.ts'
import { describe, isFull } from '../optmem/describe-reading.ts'
import type { SenderReading } from '../optmem/read-sender.ts'
import type { Vm } from '../vm/start.ts'

/** The events on one hypervisor of a scenario; ends when no more events will happen by themselves. */
export type Story = (stage: Stage) => Promise<void>

export type Stage = {
  readonly hypervisor: Hypervisor
  /** The steady VM, which has its route at the start of the story. */
  readonly vm: Vm
  /** How long a guest keeps its route after the last advertisement. */
  readonly routeLifetimeSeconds: number
  /** Between two rounds of churn. */
  readonly pauseMilliseconds: number
  readonly signal: AbortSignal
  readonly say: (sentence: string) => void
}

/** Creates and deletes taps, round after round, until no sender's socket can hold one more membership. */
export async function churnUntilFull(stage: Stage): Promise<void> {
  const { hypervisor, say } = stage
  for (;;) {
    await hypervisor.churn(ROUND)
    const readings = await readSenders(stage)
    say(`${ROUND} taps came and went. ${readings.map(describe).join(' ')}`)
    if (readings.every(isFull)) return
    await pause(stage)
  }
}

/** Waits until the steady VM's route appears or disappears, and says so. */
export async function waitForRoute(stage: Stage, wanted: boolean): Promise<void> {
  while ((await stage.vm.hasDefaultRoute()) !== wanted) await sleep(200, undefined, { signal: stage.signal })
  stage.say(wanted ? `${stage.vm.name} has a route to ::/0.` : `${stage.vm.name} has lost ::/0.`)
}

/** Checks for longer than a route's lifetime that the steady VM keeps its route, and says so. */
export async function holdRoute({ vm, routeLifetimeSeconds, signal, say }: Stage): Promise<void> {
  for (let second = 0; second < routeLifetimeSeconds + MARGIN_SECONDS; second += 1) {
    await sleep(1000, undefined, { signal })
    if (!(await vm.hasDefaultRoute())) throw new Error(`${vm.name} has lost ::/0, though its sender can send.`)
  }
  say(`${vm.name} still has its route to ::/0.`)
}

export async function pause({ pauseMilliseconds, signal }: Stage): Promise<void> {
  await sleep(pauseMilliseconds, undefined, { signal })
}

export async function readSender(stage: Stage): Promise<SenderReading> {
  const [reading] = await readSenders(stage)
  if (!reading) throw new Error(`${stage.hypervisor.name} has no sender.`)
  return reading
}

/** The reading of each sender, in no order. */
async function readSenders({ hypervisor, signal }: Stage): Promise<SenderReading[]> {
  signal.throwIfAborted()
  const readings = await hypervisor.readSenders()
  const missing = hypervisor.senders.find(({ name }) => !readings.some(({ program }) => program === name))
  if (missing)
    throw new Error(`${missing.name} on ${hypervisor.name} has no socket; its messages are in ${missing.name}.log.`)
  return readings
}

export const ROUND = 60
const MARGIN_SECONDS = 5
