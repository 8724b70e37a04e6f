import { readdir, readFile } from 'node:fs/promises'
import { LAB_DIRECTORY, readStartTime, releaseDirectory } from './claim.ts'

export type Cleaning = {
  /** Labs whose process had ended: their folders, now gone. */
  readonly removed: readonly string[]
  /** Remaining processes of such labs, now ended. */
  readonly ended: readonly number[]
  /** Processes that currently run a lab; these continue. */
  readonly running: readonly number[]
}

/**
 * Removes the leftovers of labs whose process has ended. Ends a process only if its own mount namespace proves that
 * such a lab made it: the namespace has a file of the lab's folder mounted.
 */
export async function cleanLeftovers(): Promise<Cleaning> {
  const removed: string[] = []
  const ended: number[] = []
  const running: number[] = []
  for (const name of await readdir(LAB_DIRECTORY).catch(() => [])) {
    const [pid = '', startTime] = name.split('-')
    if ((await readStartTime(Number(pid))) === startTime) {
      running.push(Number(pid))
      continue
    }
    ended.push(...(await endProcessesOf(name)))
    await releaseDirectory(`${LAB_DIRECTORY}/${name}`)
    removed.push(name)
  }
  return { removed, ended, running }
}

async function endProcessesOf(lab: string): Promise<number[]> {
  const ended: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const mounts = await readFile(`/proc/${entry}/mountinfo`, 'utf8').catch(() => '')
    if (!mounts.includes(`/slashzero-lab/${lab}/`)) continue
    process.kill(Number(entry), 'SIGKILL')
    ended.push(Number(entry))
  }
  return ended
}
