import { mkdir, readFile, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where labs keep their files: one folder for each process that runs a lab. */
export const LAB_DIRECTORY = '/run/slashzero-lab'

/** Makes the folder of this process. Its name identifies the process even after its pid is used again. */
export async function claimDirectory(): Promise<string> {
  const directory = `${LAB_DIRECTORY}/${process.pid}-${await readStartTime(process.pid)}`
  await mkdir(directory, { recursive: true })
  return directory
}

/** Removes a folder of a lab, then each parent that is empty, up to {@link LAB_DIRECTORY} itself. */
export async function releaseDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  for (let above = dirname(directory); above.startsWith(LAB_DIRECTORY); above = dirname(above)) {
    await rmdir(above).catch(() => {})
  }
}

/**
 * When a process started, in clock ticks since boot (`/proc/PID/stat`, field 22); null if the process does not exist.
 */
export async function readStartTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field, in parentheses, may contain spaces and parentheses: the third follows the last parenthesis.
  return stat?.split(') ').at(-1)?.split(' ')[19] ?? null
}
