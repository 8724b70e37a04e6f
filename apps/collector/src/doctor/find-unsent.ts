import { accessSync, constants, readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '@slashzero/contract/report'
import { listSpoolFiles } from '../deliver/spool-files.ts'
import type { Finding, Step } from './diagnosis.ts'
import { quote } from './give-steps.ts'

const SUBJECT = 'the reports to the server'
/** How long the server may be away before doctor says so. */
const PATIENCE = 10 * 60_000
/** Space for a few reports. */
const ROOM = 1024 * 1024

const LOG: Step = {
  action: 'show-log',
  command: 'journalctl -u slashzero-collector -n 20',
  why: 'says why the server does not accept the reports',
}

/**
 * Finds why reports of this machine's collector do not reach the server: reports that wait, and an unwritable state
 * directory. An unreadable folder gives no finding. `now` is in milliseconds since the epoch.
 */
export function findUnsent(stateDir: string, now: number): Finding[] {
  const waiting = list(join(stateDir, 'spool')).flatMap((host) => listSpoolFiles(join(stateDir, 'spool', host)).files)
  const [oldest] = waiting
  const stale = oldest !== undefined && now - oldest.spooledAt > PATIENCE
  const since = stale ? new Date(oldest.spooledAt).toISOString() : ''
  const cause = findObstacle(stateDir)
  return [
    ...(stale ? [note(`${waiting.length} reports wait for the server, the oldest since ${since}`, [LOG])] : []),
    ...(cause === null
      ? []
      : [
          note(`${stateDir} ${cause}: unsent reports are in memory only and are lost if the collector ends`, [
            look(stateDir),
          ]),
        ]),
  ]
}

function note(problem: string, steps: readonly Step[]): Finding {
  return { level: 'note', subject: SUBJECT, problem, cause: null, steps }
}

function look(stateDir: string): Step {
  return {
    action: 'show-file-system',
    command: `findmnt -T ${quote(stateDir)}; df -h ${quote(stateDir)}`,
    why: 'shows the file system of the folder and its free space',
  }
}

function findObstacle(stateDir: string): string | null {
  try {
    const { bavail, bsize } = statfsSync(stateDir)
    if (bavail * bsize < ROOM) return 'has no room left'
    accessSync(stateDir, constants.W_OK)
    return null
  } catch (error) {
    // Another user's folder, or a missing folder, says nothing about the collector's own.
    return codeOf(error) === 'EROFS' ? 'is on a file system that is read-only' : null
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
