import { mkdir } from 'node:fs/promises'
import { startCell } from '../cell/start.ts'
import { claimDirectory, releaseDirectory } from '../leftover/claim.ts'
import type { Kernel } from './prepare-kernel.ts'
import { type LinuxMachine, startLinux } from './start.ts'

/**
 * Boots Linux in a machine without a network while `work` runs, and returns the result of `work`. An abort ends the
 * machine and `work` at once.
 */
export async function withLinux<Result>(
  kernel: Kernel,
  name: string,
  work: (machine: LinuxMachine) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const directory = `${await claimDirectory()}/${name}`
  const run = `${directory}/run`
  await mkdir(run, { recursive: true })
  const cell = await startCell([`mount -n --bind ${run} /run`])
  const stop = () => void cell.dispose()
  signal?.addEventListener('abort', stop)
  try {
    signal?.throwIfAborted()
    return await work(await startLinux(cell, run, kernel, { name }))
  } finally {
    signal?.removeEventListener('abort', stop)
    await cell.dispose()
    await releaseDirectory(directory)
  }
}
