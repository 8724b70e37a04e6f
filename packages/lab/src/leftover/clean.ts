import { readdir, readFile } from 'node:fs/promises'
import { LAB_DIRECTORY, readStartTime, releaseDirectory } from './claim.ts'

export type Cleaning = {
  /** Labs whose process had ended: their folders, now gone. */
  readonly removed: readonly string[]
  /** Processes of those labs that were still there, now ended. */
  readonly ended: readonly number[]
  /** Processes that run a lab now, which are left alone. */
  readonly running: readonly number[]
}

/**
 * Removes what labs whose process has ended left behind. A process is ended only where its own mount namespace shows
 * that such a lab made it: it has a file of that lab's folder mounted.
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
