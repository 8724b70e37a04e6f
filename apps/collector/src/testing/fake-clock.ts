import type { Clock, Sleep } from '../clock.ts'

/** A clock that stands still, except for the functions in `given`. */
export function stoppedClock(given: Partial<Clock> = {}): Clock {
  return { wall: () => 0, steady: () => 0, monotonic: () => 0, ...given }
}

export type FakeTime = {
  readonly clock: Clock
  /** Moves the clock to the end of the shortest sleep under way and does not wait. */
  readonly sleep: Sleep
  /** Sleeps until the signal or until `advance`. */
  readonly sleepOn: Sleep
  /** Moves the clock and ends the sleeps that are over by then. */
  readonly advance: (milliseconds: number) => void
  /** The milliseconds that each sleep asked for. */
  readonly waits: readonly number[]
}

/** Time that passes only while the code under test sleeps. */
export function fakeTime(): FakeTime {
  const start = Date.now()
  const waits: number[] = []
  const sleepers = new Set<{ until: number; wake: () => void }>()
  let now = 0

  function wakeNext(): void {
    const [next] = [...sleepers].toSorted((one, other) => one.until - other.until)
    if (next === undefined) return
    now = next.until
    next.wake()
  }

  function sleepOn(milliseconds: number, signal?: AbortSignal): Promise<void> {
    waits.push(milliseconds)
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const wake = (): void => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { until: now + milliseconds, wake }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', wake)
    })
  }

  return {
    clock: { wall: () => start + now, steady: () => start + now, monotonic: () => now },
    sleep(milliseconds, signal) {
      setImmediate(wakeNext)
      return sleepOn(milliseconds, signal)
    },
    sleepOn,
    advance(milliseconds) {
      now += milliseconds
      for (const sleeper of [...sleepers].filter(({ until }) => until <= now)) sleeper.wake()
    },
    waits,
  }
}
