import { messageOf, PASS_PROBES, type PassProbe, type ProbeRun } from '@slashzero/contract/report'

import type { Clock } from '../clock.ts'
import { toRun } from './to-run.ts'

/** A route checker reports the run of its probe itself. */
type RecordedProbe = Exclude<PassProbe, 'guest-routes'>

export type RunRecorder = {
  /**
   * Runs a part of a probe. If the part throws, the message is added to the probe's error, and `otherwise` is the
   * result.
   */
  readonly attempt: <Result>(probe: RecordedProbe, work: () => Result, otherwise: Result, place?: string) => Result
  readonly attemptAsync: <Result>(
    probe: RecordedProbe,
    work: () => Promise<Result>,
    otherwise: Result,
    place?: string,
  ) => Promise<Result>
  /** Records what the probe could not read, in words. */
  readonly failed: (probe: RecordedProbe, problem: string) => void
  /** Records why this machine has nothing for the probe to read. */
  readonly absent: (probe: RecordedProbe, reason: string) => void
  /** Whether the probe has used up its time in this pass. If so, the run of the probe says so. */
  readonly isLate: (probe: RecordedProbe) => boolean
  readonly list: () => ProbeRun[]
}

/** Records the outcome and the duration of each probe in one pass. `deadline` is in milliseconds, for each probe. */
export function recordRuns(clock: Clock, deadline: number): RunRecorder {
  const accounts = new Map(
    PASS_PROBES.flatMap(({ name }) => (name === 'guest-routes' ? [] : [[name, openAccount()] as const])),
  )
  const account = (probe: RecordedProbe): Account => accounts.get(probe) ?? openAccount()
  const start = (probe: RecordedProbe): void => {
    account(probe).since ??= clock.monotonic()
  }
  const spent = (probe: RecordedProbe): number => {
    const { milliseconds, since } = account(probe)
    return milliseconds + (since === null ? 0 : clock.monotonic() - since)
  }
  const stop = (probe: RecordedProbe): void => {
    account(probe).milliseconds = spent(probe)
    account(probe).since = null
  }
  const failed = (probe: RecordedProbe, problem: string): void => {
    const { problems } = account(probe)
    problems.set(problem, (problems.get(problem) ?? 0) + 1)
  }
  return {
    failed,
    attempt: (probe, work, otherwise, place) => {
      start(probe)
      try {
        return work()
      } catch (error) {
        failed(probe, place === undefined ? messageOf(error) : `${place}: ${messageOf(error)}`)
        return otherwise
      } finally {
        stop(probe)
      }
    },
    attemptAsync: async (probe, work, otherwise, place) => {
      start(probe)
      try {
        return await work()
      } catch (error) {
        failed(probe, place === undefined ? messageOf(error) : `${place}: ${messageOf(error)}`)
        return otherwise
      } finally {
        stop(probe)
      }
    },
    absent: (probe, reason) => {
      account(probe).absent = reason
    },
    isLate: (probe) => {
      if (spent(probe) < deadline) return false
      failed(probe, `stopped after ${deadline} ms, before everything was read`)
      return true
    },
    list: () => [...accounts].map(([probe, kept]) => listRun(probe, kept)),
  }
}

type Account = { milliseconds: number; since: number | null; problems: Map<string, number>; absent: string }

function openAccount(): Account {
  return { milliseconds: 0, since: null, problems: new Map(), absent: '' }
}

function listRun(probe: RecordedProbe, { milliseconds, problems, absent }: Account): ProbeRun {
  if (problems.size === 0 && absent !== '') return { ...toRun(probe, milliseconds, [absent]), outcome: 'absent' }
  const told = [...problems]
    .slice(0, TOLD)
    .map(([problem, times]) => (times === 1 ? problem : `${problem} (${times} times)`))
  if (problems.size > TOLD) told.push(`and ${problems.size - TOLD} more`)
  return toRun(probe, milliseconds, told)
}

const TOLD = 3
