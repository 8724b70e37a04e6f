import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `holds` says true. An error of `holds` means: not yet. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 40): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    if (await holds().catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`Waited ${seconds} s in vain: ${what}`)
}
