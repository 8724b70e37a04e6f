import { mkdir, readFile, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where labs keep their files: one folder for each process that runs a lab. */
export const LAB_DIRECTORY = '/run/slashzero-lab'

/** Makes this process's folder; its name says which process owns it, even after that process's number is used again. */
export async function claimDirectory(): Promise<string> {
  const directory = `${LAB_DIRECTORY}/${process.pid}-${await readStartTime(process.pid)}`
  await mkdir(directory, { recursive: true })
  return directory
}

/** Removes a folder of a lab's, and those above it, up to {@link LAB_DIRECTORY} itself, that are then empty. */
export async function releaseDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  for (let above = dirname(directory); above.startsWith(LAB_DIRECTORY); above = dirname(above)) {
    await rmdir(above).catch(() => {})
  }
}

/** When a process started, in clock ticks since boot (`/proc/PID/stat`, field 22); null where there is no such process. */
export async function readStartTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field, in parentheses, may hold spaces and parentheses: the third follows the last of them.
  return stat?.split(') ').at(-1)?.split(' ')[19] ?? null
}
