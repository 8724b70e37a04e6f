import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { codeOf } from '@slashzero/contract/report'
import type { Log } from '../log.ts'

export type SpoolFile = {
  readonly number: number
  /** When the report came into the spool, by the wall clock of that moment, in milliseconds since the epoch. */
  readonly spooledAt: number
  /** Whether the file says only what changed since a report that the server acknowledged. */
  readonly isDelta: boolean
  readonly file: string
  readonly bytes: number
}

const FILE_NAME = /^(\d{12,15})-(\d{1,15})(\.delta)?\.json(?:\.gz)?$/
const LAST_INSTANT = Date.UTC(9999, 11, 31)
const MAX_TEXT_BYTES = 64 * 1024 * 1024

/**
 * Lists the reports in the spool, oldest first, and the half-written reports of a killed process (`halves`). `strange`
 * counts the other files. A folder that cannot be read is empty.
 */
export function listSpoolFiles(directory: string): { files: SpoolFile[]; halves: string[]; strange: number } {
  const files: SpoolFile[] = []
  const halves: string[] = []
  let strange = 0
  for (const name of list(directory)) {
    const file = join(directory, name)
    const [, number, spooledAt, delta] = FILE_NAME.exec(name) ?? []
    if (name.endsWith('.tmp')) halves.push(file)
    else if (number === undefined || Number(spooledAt) > LAST_INSTANT) strange += 1
    else {
      const isDelta = delta !== undefined
      files.push({ number: Number(number), spooledAt: Number(spooledAt), isDelta, file, bytes: sizeOf(file) })
    }
  }
  return { files: files.toSorted((left, right) => left.number - right.number), halves, strange }
}

/**
 * Writes a gzipped report whole or not at all, also if the process is killed. For a power cut, see `flushToDisk`.
 * Creates the folder if it is missing. Out: the file. Throws what the file system throws.
 */
export function writeSpoolFile(
  directory: string,
  { number, spooledAt, isDelta }: Pick<SpoolFile, 'number' | 'spooledAt' | 'isDelta'>,
  packed: Buffer,
): string {
  const place = `${String(number).padStart(12, '0')}-${Math.max(0, spooledAt)}`
  const file = join(directory, `${place}${isDelta ? '.delta' : ''}.json.gz`)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(`${file}.tmp`, packed, { mode: 0o600 })
    renameSync(`${file}.tmp`, file)
  } catch (error) {
    removeSpoolFile(`${file}.tmp`)
    throw error
  }
  return file
}

/** The text of a report. Throws if the file is unreadable or damaged: gzip checks its length and CRC-32. */
export function readSpoolFile(file: string): string {
  const bytes = readFileSync(file)
  return file.endsWith('.gz') ? unpack(bytes) : requireWhole(bytes.toString('utf8'))
}

/** The text of a gzipped report. Throws if the bytes are damaged. */
export function unpack(packed: Buffer): string {
  return requireWhole(gunzipSync(packed, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8'))
}

/** Files of earlier versions have no checksum, so the braces at both ends must do. */
function requireWhole(text: string): string {
  if (text.startsWith('{') && text.endsWith('}')) return text
  throw new Error('the report is incomplete')
}

/** Flushes files or folders to disk, so that a power cut cannot lose them. Skips missing files. */
export async function flushToDisk(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const handle = await open(path, 'r').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null
      throw error
    })
    try {
      await handle?.sync()
    } finally {
      await handle?.close()
    }
  }
}

export function removeSpoolFile(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // The file is gone, or its file system is read-only. The server ignores a report that comes twice.
  }
}

/** Removes the spools of other hosts in a copied state directory, because the server would refuse their reports. */
export function removeForeignSpools(spools: string, own: string, log: Log): void {
  for (const name of list(spools)) {
    if (name === own) continue
    const directory = join(spools, name)
    try {
      rmSync(directory, { recursive: true, force: true })
      log.warn({ directory }, 'removed the spool of another host, left in a copied state directory')
    } catch {
      // The folder does no harm. The first report says that the state directory is not writable.
    }
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
