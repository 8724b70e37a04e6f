import { setTimeout as sleep } from 'node:timers/promises'

/** Waits; ends early, without an error, when `signal` aborts. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>

export const pause: Pause = (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined)
