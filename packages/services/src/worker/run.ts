import {
  dropExpiredPartitions,
  holdLock,
  makePartitions,
  pause,
  type Pause,
  RAW_RETENTION_MILLISECONDS,
  removeGuessesBefore,
  removeOldBoots,
  rollUp,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { judgeDue } from '../report/judge-due.ts'
import { createHistoryLimit } from '../report/limit-history.ts'
import { DAY } from '../time.ts'

const INTERVAL = 5000
const MAINTENANCE_INTERVAL = 60_000
/** After a long absence the worker rolls up a part in each round. */
const ROLL_UP_MILLISECONDS = 3000
const HEARING_MILLISECONDS = 60_000

export type WorkerOptions = {
  /**
   * How long after its start the worker judges nothing by time: collectors need a period and a back-off to report
   * again.
   */
  readonly hearingMilliseconds?: number
  /** How the worker waits between two rounds and for the lock. */
  readonly wait?: Pause
}

/**
 * Judges silent hypervisors, rolls samples up and maintains the history's partitions until `signal` aborts. One process
 * works at a time, the others wait to take over. The worker logs an error and tries again in the next round.
 */
export async function runWorker(
  context: ServiceContext,
  signal: AbortSignal,
  { hearingMilliseconds = HEARING_MILLISECONDS, wait = pause }: WorkerOptions = {},
): Promise<void> {
  authorise(context, 'judge')
  while (!signal.aborted) {
    await attempt(context, 'the worker lost its database and starts again', () =>
      holdLock(context.db, 'worker', signal, (held) => work(context, held, hearingMilliseconds, wait), wait),
    )
    await wait(INTERVAL, signal)
  }
}

async function work(
  context: ServiceContext,
  signal: AbortSignal,
  hearingMilliseconds: number,
  wait: Pause,
): Promise<void> {
  const startedAt = context.now()
  const history = createHistoryLimit(context)
  let maintainedAt = -Infinity
  while (!signal.aborted) {
    if (context.now() - maintainedAt >= MAINTENANCE_INTERVAL) {
      maintainedAt = context.now()
      await attempt(context, 'maintenance failed', () => runMaintenance(context))
    }
    if (context.now() - startedAt >= hearingMilliseconds) {
      await attempt(context, 'judging due hypervisors failed', () => judgeDue(context, history))
    }
    await attempt(context, 'rolling up samples failed', () => rollUp(context.db, context.now(), ROLL_UP_MILLISECONDS))
    await wait(INTERVAL, signal)
  }
}

/** Makes the partitions of the days around now; drops expired partitions, and boots too old to report. */
export async function runMaintenance(context: ServiceContext): Promise<void> {
  const { db, log } = context
  const now = context.now()
  await makePartitions(db, now)
  await removeOldBoots(db.pool, now - 2 * RAW_RETENTION_MILLISECONDS)
  await removeGuessesBefore(db.pool, now - DAY)
  const dropped = await dropExpiredPartitions(db, now)
  if (dropped.length > 0) log.info({ dropped }, 'expired history dropped')
}

async function attempt(context: ServiceContext, message: string, task: () => Promise<unknown>): Promise<void> {
  try {
    await task()
  } catch (error) {
    context.log.error({ err: error }, message)
  }
}
