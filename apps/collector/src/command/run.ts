import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@slashzero/contract'
import type { Pusher } from '../push/index.ts'
import { log } from './write-log.ts'

export type RunOptions = {
  pass: () => Promise<Report>
  pusher: Pick<Pusher, 'enqueue' | 'stop'>
  intervalMilliseconds: number
  signal: AbortSignal
  random?: () => number
}

/**
 * Makes a report at once and then every interval until `signal`, and hands each to the pusher. The second one comes early by
 * a random part of the interval, so that hypervisors which start together do not report together.
 */
export async function run({ pass, pusher, intervalMilliseconds, signal, random = Math.random }: RunOptions): Promise<void> {
  let due = performance.now() - random() * intervalMilliseconds * 0.5
  let said = ''
  const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
  while (!signal.aborted) {
    try {
      const report = await Promise.race([pass(), stopped])
      if (report === null) break
      pusher.enqueue(report)
      said = tellChange(report, said)
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'this pass gave no report')
    }
    // After a pass that took longer than the interval, the missed ones are not made up for.
    const missed = Math.max(0, Math.floor((performance.now() - due) / intervalMilliseconds))
    due += (missed + 1) * intervalMilliseconds
    await sleep(due - performance.now(), undefined, { signal }).catch(() => undefined)
  }
  await Promise.race([pusher.stop(), sleep(STOP_MILLISECONDS, undefined, { ref: false })])
}

/** Of a second, as long as a request under way may take to end. What it sent stays in the spool till it is acknowledged. */
const STOP_MILLISECONDS = 700

/** Says what cannot be read when that changes, not at every pass. */
function tellChange({ runs }: Report, before: string): string {
  const failed = runs.filter(({ outcome }) => outcome === 'failed')
  const now = failed.map(({ probe }) => probe).join(', ')
  if (now === before) return before
  for (const { probe, error } of failed) log.warn({ probe, error }, 'could not read everything')
  if (now === '') log.info({}, 'everything can be read again')
  return now
}
