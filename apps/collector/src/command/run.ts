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
  /** Asks for passes before their turn. */
  watch?: Pick<LinkWatch, 'wanted' | 'passed'>
  signal: AbortSignal
  clock: Clock
  sleep: Sleep
  random?: () => number
}

/**
 * Makes a report at once and then every interval until `signal`, and hands each to the delivery. The second one comes early by
 * a random part of the interval, so that hypervisors which start together do not report together. What `watch` wants early comes
 * between these and moves none of them.
 */
export async function run({
  pass,
  delivery,
  intervalMilliseconds,
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
    if (!early) {
      // After a pass that took longer than the interval, the missed ones are not made up for.
      const missed = Math.max(0, Math.floor((clock.monotonic() - due) / intervalMilliseconds))
      due += (missed + 1) * intervalMilliseconds
    }
    const waiting = AbortSignal.any([signal, ...(watch === undefined ? [] : [watch.wanted()])])
    await sleep(Math.max(0, due - clock.monotonic()), waiting)
    early = watch?.wanted().aborted === true && clock.monotonic() < due
  }
  await Promise.race([delivery.stop(), sleep(STOP_MILLISECONDS)])
}

/** What `work` gives, or null once `signal` is aborted. */
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

/** Of a second, as long as a request under way may take to end. Unacknowledged reports stay in the spool. */
const STOP_MILLISECONDS = 700
