import { setTimeout as sleep } from 'node:timers/promises'
import {
  dropExpiredPartitions,
  ensurePartitions,
  holdLock,
  rawRetentionMilliseconds,
  removeBootsBefore,
} from '@slashzero/db'
import { authorise } from '../authorise.ts'
import type { ServiceContext } from '../context.ts'
import { judgeDue } from '../report/judge-due.ts'

const every = 5000
const housekeepingEvery = 60_000
const day = 86_400_000

/**
 * Notices what no report says, and keeps the history's partitions, until `signal` aborts. Of several processes one works at a
 * time; the others wait to take over. An error is logged and the next round tries again.
 * While the server was away every host was silent to it, so for `hearingMilliseconds` nothing is judged by time: collectors need
 * a period and a back-off to be heard again.
 */
export async function runWorker(
  context: ServiceContext,
  signal: AbortSignal,
  hearingMilliseconds = 60_000,
): Promise<void> {
  authorise(context, 'judge')
  while (!signal.aborted) {
    await attempt(context, 'the worker lost its database; it begins again', () =>
      holdLock(context.db, 'worker', signal, (held) => work(context, held, hearingMilliseconds)),
    )
    await rest(every, signal)
  }
}

async function work(context: ServiceContext, signal: AbortSignal, hearingMilliseconds: number): Promise<void> {
  const startedAt = context.now()
  let keptAt = -Infinity
  while (!signal.aborted) {
    if (context.now() - keptAt >= housekeepingEvery) {
      keptAt = context.now()
      await attempt(context, 'housekeeping failed', () => keepHouse(context))
    }
    if (context.now() - startedAt >= hearingMilliseconds) {
      await attempt(context, 'judging what is due failed', () => judgeDue(context))
    }
    await rest(every, signal)
  }
}

/** Partitions for today and tomorrow, none beyond retention, no boots that no report can come from. */
export async function keepHouse(context: ServiceContext): Promise<void> {
  const { db, log } = context
  const now = context.now()
  await ensurePartitions(db, [now, now + day])
  await removeBootsBefore(db.pool, now - 2 * rawRetentionMilliseconds)
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

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
