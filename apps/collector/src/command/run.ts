import { messageOf } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { Clock, Sleep } from '../clock.ts'
import type { Pass } from '../pass/create-pass.ts'
import type { Delivery } from '../deliver/delivery.ts'
import type { LinkWatch } from '../watch/link-watch.ts'
import { createFailureTeller } from './tell-failures.ts'
import { log } from './write-log.ts'

export type RunOptions = {
  pass: Pass
  delivery: Pick<Delivery, 'enqueue' | 'stop'>
  intervalMilliseconds: number
  /** Called after each pass. */
  keepSmall?: () => void
  /** Asks for early passes. */
  watch?: Pick<LinkWatch, 'wanted' | 'passed'>
  signal: AbortSignal
  clock: Clock
  sleep: Sleep
  random?: () => number
}

/**
 * Makes a report at once and in every interval until `signal`. The second comes early by a random part of the interval,
 * so that hypervisors do not report together. Early passes for `watch` do not move the others.
 */
export async function run({
  pass,
  delivery,
  intervalMilliseconds,
  keepSmall,
  watch,
  signal,
  clock,
  sleep,
  random = Math.random,
}: RunOptions): Promise<void> {
  let due = clock.monotonic() - random() * intervalMilliseconds * 0.5
  const tellFailures = createFailureTeller(log, clock)
  for (let early = false; !signal.aborted;) {
    const beganAt = clock.monotonic()
    let made: Report | null = null
    try {
      const report = await endWith(signal, pass(watch?.wanted()))
      if (report === null) break
      made = report
      delivery.enqueue({ ...report, intervalSeconds: intervalMilliseconds / 1000 })
      tellFailures(report)
    } catch (error) {
      log.error({ error: messageOf(error) }, 'this pass gave no report')
    }
    watch?.passed(made, beganAt)
    keepSmall?.()
    if (!early) {
      // A pass that took longer than the interval is followed by one pass, not by all the missed passes.
      const missed = Math.max(0, Math.floor((clock.monotonic() - due) / intervalMilliseconds))
      due += (missed + 1) * intervalMilliseconds
    }
    const waiting = AbortSignal.any([signal, ...(watch === undefined ? [] : [watch.wanted()])])
    await sleep(Math.max(0, due - clock.monotonic()), waiting)
    early = watch?.wanted().aborted === true && clock.monotonic() < due
  }
  await Promise.race([delivery.stop(), sleep(STOP_MILLISECONDS)])
}

/** The result of `work`, or null once `signal` is aborted. */
async function endWith<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result | null> {
  const aborted = Promise.withResolvers<null>()
  const leave = () => aborted.resolve(null)
  signal.addEventListener('abort', leave, { once: true })
  try {
    // A promise that outlived the race would keep the result of every race.
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/**
 * The time for a request under way to end, so that a stop takes less than a second. Unacknowledged reports stay in the
 * spool.
 */
const STOP_MILLISECONDS = 700
