import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Cell } from '../cell/start.ts'

/** Moves a tap to the network namespace of another cell; open descriptors remain. The pids are this machine's. */
export async function moveTap(tap: string, from: Cell, to: Cell): Promise<void> {
  const move = ['ip', 'link', 'set', tap, 'netns', `${to.pid}`]
  await promisify(execFile)('nsenter', ['--target', `${from.pid}`, '--net', ...move])
}
