import { setTimeout as wait } from 'node:timers/promises'

/** The three clocks, all in milliseconds. */
export type Clock = {
  /** The wall clock since the epoch; jumps if somebody sets the clock. */
  readonly wall: () => number
  /** Since the epoch, by the wall clock of the start of the process; never jumps. */
  readonly steady: () => number
  /** Only for durations; never jumps. */
  readonly monotonic: () => number
}

/** Waits for this time, or until `signal` is aborted. Never rejects. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>

export const systemClock: Clock = {
  wall: () => Date.now(),
  steady: () => performance.timeOrigin + performance.now(),
  monotonic: () => performance.now(),
}

export const systemSleep: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal && { signal }).catch(() => undefined)
