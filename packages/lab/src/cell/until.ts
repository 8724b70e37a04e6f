import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `holds` says true. An error of `holds` means: not yet. The last error is the cause of the failure. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 40): Promise<void> {
  let cause: unknown
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(100)) {
    try {
      if (await holds()) return
    } catch (error) {
      cause = error
    }
  }
  throw new Error(`Waited ${seconds} s in vain: ${what}`, { cause })
}
