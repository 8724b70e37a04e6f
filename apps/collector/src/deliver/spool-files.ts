import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { codeOf } from '@slashzero/contract/report'
import type { Log } from '../log.ts'

export type SpoolFile = {
  readonly number: number
  /** When the report was put there, by the host's clock of that moment, in milliseconds since the epoch. */
  readonly spooledAt: number
  readonly file: string
  readonly bytes: number
}

const FILE_NAME = /^(\d{12,15})-(\d{1,15})\.json(?:\.gz)?$/
const LAST_INSTANT = Date.UTC(9999, 11, 31)
const LARGEST_TEXT = 64 * 1024 * 1024

/**
 * The spool's files, oldest first, halves of reports that a killed process left, and how many lie beside them that are neither. A
 * folder that cannot be read is empty.
 */
export function listSpoolFiles(directory: string): { files: SpoolFile[]; halves: string[]; strange: number } {
  const files: SpoolFile[] = []
  const halves: string[] = []
  let strange = 0
  for (const name of list(directory)) {
    const file = join(directory, name)
    const [, number, spooledAt] = FILE_NAME.exec(name) ?? []
    if (name.endsWith('.tmp')) halves.push(file)
    else if (number === undefined || Number(spooledAt) > LAST_INSTANT) strange += 1
    else files.push({ number: Number(number), spooledAt: Number(spooledAt), file, bytes: sizeOf(file) })
  }
  return { files: files.toSorted((left, right) => left.number - right.number), halves, strange }
}

/**
 * Puts a gzipped report in place whole or not at all, as far as a killed process goes. For a power cut, see
 * `flushToDisk`. Makes the folder where it is missing; out: the file. Throws what the file system throws.
 */
export function writeSpoolFile(directory: string, number: number, spooledAt: number, packed: Buffer): string {
  const file = join(directory, `${String(number).padStart(12, '0')}-${Math.max(0, spooledAt)}.json.gz`)
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

/** The report's text. Throws where the file cannot be read, or is not as it was written: gzip holds its length and CRC-32. */
export function readSpoolFile(file: string): string {
  const bytes = readFileSync(file)
  return file.endsWith('.gz') ? unpack(bytes) : requireWhole(bytes.toString('utf8'))
}

/** The text of a gzipped report. Throws where it is damaged. */
export function unpack(packed: Buffer): string {
  return requireWhole(gunzipSync(packed, { maxOutputLength: LARGEST_TEXT }).toString('utf8'))
}

/** What earlier versions wrote bears no checksum, but ends like a report. */
function requireWhole(text: string): string {
  if (text.startsWith('{') && text.endsWith('}')) return text
  throw new Error('it was written only in part')
}

/** Makes files or folders outlast a power cut. Those that are gone are passed over. */
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
    // Already gone, or on a file system turned read-only: the server knows a report that comes twice.
  }
}

/** Removes the spools of other hosts, which a copied state directory brings along: their reports would be refused. */
export function removeForeignSpools(spools: string, own: string, log: Log): void {
  for (const name of list(spools)) {
    if (name === own) continue
    const directory = join(spools, name)
    try {
      rmSync(directory, { recursive: true, force: true })
      log.warn({ directory }, 'removed the spool of another host, left in a copied state directory')
    } catch {
      // It takes room and does no harm; that the state directory cannot be written is said with the first report.
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
