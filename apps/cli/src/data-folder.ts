import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertOnlyRootChanges } from '@slashzero/db/embedded'
import { codeOf, messageOf } from '@slashzero/contract/report'
import { dataFolder } from './env.ts'
import { Refusal } from './terminal.ts'

const lockPath = join(dataFolder, 'running.json')

/** The facts that a running `slashzero start` leaves in its data folder for other commands. */
export type Running = { readonly pid: number; readonly port: number | null }

/**
 * Creates the data folder. Throws a Refusal when that is not possible, or when root works in the folder of another
 * user.
 */
export async function prepareDataFolder(): Promise<void> {
  await refuseOthersFolder()
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o755 })
    await access(dataFolder, constants.W_OK)
  } catch {
    throw new Refusal(
      `The data folder ${dataFolder} is not writable for this user. Change its owner, or name another with SLASHZERO_DATA_DIR.`,
    )
  }
}

/**
 * The port of a killed `slashzero start` that left its lock, or null. The parts of the killed start may still be
 * ending.
 */
export async function readKilledPort(): Promise<number | null> {
  const locked = await readLock()
  return locked === null || isSlashzero(locked.pid) ? null : locked.port
}

/**
 * The `slashzero start` that holds the data folder, or null. Throws a Refusal for root in the folder of another user,
 * who could name any port for root's tokens.
 */
export async function readRunning(): Promise<Running | null> {
  const locked = await readLock()
  return locked !== null && isSlashzero(locked.pid) ? locked : null
}

async function readLock(): Promise<Running | null> {
  await refuseOthersFolder()
  const text = await readFile(lockPath, 'utf8').catch(() => null)
  return text === null ? null : parseRunning(text)
}

async function refuseOthersFolder(): Promise<void> {
  await assertOnlyRootChanges(dataFolder).catch((error: unknown) => {
    throw new Refusal(messageOf(error))
  })
}

/** Takes the data folder for this process; throws a Refusal when another one has it. */
export async function lockDataFolder(port: number | null): Promise<void> {
  const other = await readRunning()
  if (other !== null && other.pid !== process.pid) {
    throw new Refusal(
      `Slashzero is already running on ${dataFolder} (process ${other.pid}). Stop it first, or name another folder with SLASHZERO_DATA_DIR.`,
    )
  }
  await writeFile(lockPath, JSON.stringify({ pid: process.pid, port }))
}

export async function unlockDataFolder(): Promise<void> {
  await rm(lockPath, { force: true })
}

/** The key that signs sessions, made once and kept in the data folder. */
export async function readSecret(): Promise<string> {
  const path = join(dataFolder, 'secret')
  if (!existsSync(path)) await writeFile(path, randomBytes(32).toString('base64url'), { mode: 0o600 })
  return (await readFile(path, 'utf8')).trim()
}

function parseRunning(text: string): Running | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null
    return { pid: value.pid, port: 'port' in value && typeof value.port === 'number' ? value.port : null }
  } catch {
    return null
  }
}

/** A pid is used again after a reboot or a crash, so the command line in /proc is checked too, if /proc exists. */
function isSlashzero(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  if (!existsSync('/proc/self')) return true
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli/src/main.ts')
  } catch {
    return false
  }
}
