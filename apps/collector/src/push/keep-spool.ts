import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '@slashzero/contract'
import type { PushLog, SpoolLimits } from './pusher.ts'

/** A report waiting to be sent. `text` is its JSON without `sentAt`; null while it lies in `file` only. */
type SpooledReport = {
  readonly bytes: number
  readonly spooledAt: number
  readonly file: string | null
  readonly text: string | null
}

export type Spool = {
  readonly put: (report: Report) => void
  /** The oldest reports with their text, as many as fit in both bounds and at least one; empty where nothing waits. */
  readonly oldest: (reports: number, bytes: number) => { entry: SpooledReport; text: string }[]
  readonly remove: (entries: readonly SpooledReport[]) => void
  /** Takes a report out that will never be acknowledged. */
  readonly drop: (entry: SpooledReport) => void
  readonly status: () => { reports: number; bytes: number; dropped: number; onDisk: boolean }
}

export const spoolLimits: SpoolLimits = {
  diskBytes: 64 * 1024 * 1024,
  memoryBytes: 8 * 1024 * 1024,
  ageMilliseconds: 24 * 60 * 60 * 1000,
}

const fileName = /^(\d{12})-(\d{1,16})\.json$/
const quietMilliseconds = 60_000

/**
 * A first-in first-out store of reports: one file each in `directory`, put in place by rename, so that a killed process
 * loses nothing. There is no fsync: after a power cut the last few seconds may be missing, and a torn file is dropped.
 * Where the disk cannot be written, reports stay in memory within a bound of their own.
 */
export function openSpool(options: {
  directory: string
  limits: SpoolLimits
  now: () => number
  log: PushLog
}): Spool {
  const { directory, limits, now, log } = options
  let entries = load(options)
  let counter = entries.reduce((last, entry) => Math.max(last, entry.number), 0)
  let dropped = 0
  let onDisk = true
  let unloggedDrops = 0
  let lastDropLogAt = -Infinity

  function put(report: Report): void {
    const { sentAt: _, ...unsent } = report
    const text = JSON.stringify(unsent)
    counter += 1
    const bytes = Buffer.byteLength(text)
    const spooledAt = now()
    const file = join(directory, `${String(counter).padStart(12, '0')}-${Math.max(0, Math.trunc(spooledAt))}.json`)
    const written = write(file, text)
    entries.push({ number: counter, bytes, spooledAt, file: written ? file : null, text: written ? null : text })
    shrink()
  }

  function write(file: string, text: string): boolean {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      writeFileSync(`${file}.tmp`, text, { mode: 0o600 })
      renameSync(`${file}.tmp`, file)
      if (!onDisk) log.info({ directory }, 'The spool can be written again: reports are kept on disk')
      onDisk = true
      return true
    } catch (error) {
      remover(`${file}.tmp`)
      if (onDisk) {
        log.error(
          { directory, error: message(error) },
          'Cannot write the spool: reports are kept in memory only and are lost if the collector ends; free space or correct the permissions',
        )
      }
      onDisk = false
      return false
    }
  }

  function shrink(): void {
    const tooOld = now() - limits.ageMilliseconds
    let disk = sum(entries.filter((entry) => entry.file !== null))
    let memory = sum(entries.filter((entry) => entry.file === null))
    for (const entry of entries) {
      const full = entry.file === null ? memory > limits.memoryBytes : disk > limits.diskBytes
      if (!full && entry.spooledAt >= tooOld) continue
      if (entry.file === null) memory -= entry.bytes
      else disk -= entry.bytes
      dropForRoom(entry)
    }
  }

  function dropForRoom(entry: SpooledReport): void {
    drop(entry)
    unloggedDrops += 1
    if (now() - lastDropLogAt < quietMilliseconds) return
    log.warn(
      { droppedReports: unloggedDrops, droppedInAll: dropped, ...limits },
      'The spool is full: the oldest unsent reports were dropped',
    )
    unloggedDrops = 0
    lastDropLogAt = now()
  }

  function drop(entry: SpooledReport): void {
    dropped += 1
    remove([entry])
  }

  function remove(gone: readonly SpooledReport[]): void {
    const set = new Set(gone)
    entries = entries.filter((entry) => !set.has(entry))
    for (const { file } of gone) if (file !== null) remover(file)
  }

  function oldest(reports: number, bytes: number): { entry: SpooledReport; text: string }[] {
    const batch: { entry: SpooledReport; text: string }[] = []
    let size = 0
    for (const entry of entries) {
      if (batch.length === reports || (batch.length > 0 && size + entry.bytes > bytes)) break
      const text = entry.text ?? read(entry)
      if (text === null) continue
      batch.push({ entry, text })
      size += entry.bytes
    }
    return batch
  }

  function read(entry: SpooledReport): string | null {
    try {
      const text = readFileSync(entry.file ?? '', 'utf8')
      if (text.startsWith('{') && text.endsWith('}')) return text
      log.warn({ file: entry.file }, 'A spooled report was written only in part and is dropped')
    } catch (error) {
      log.warn({ file: entry.file, error: message(error) }, 'A spooled report cannot be read and is dropped')
    }
    drop(entry)
    return null
  }

  return {
    put,
    oldest,
    remove,
    drop,
    status: () => ({ reports: entries.length, bytes: sum(entries), dropped, onDisk }),
  }
}

type NumberedReport = SpooledReport & { readonly number: number }

/** What an earlier run left. A spool that cannot be read yet is empty: the first `put` says what is wrong with it. */
function load({ directory }: { directory: string }): NumberedReport[] {
  const entries: NumberedReport[] = []
  for (const name of list(directory)) {
    const file = join(directory, name)
    if (name.endsWith('.tmp')) remover(file)
    const parts = fileName.exec(name)
    if (parts === null) continue
    const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: null }
    if (size === null) continue
    entries.push({ number: Number(parts[1]), bytes: size, spooledAt: Number(parts[2]), file, text: null })
  }
  return entries.toSorted((left, right) => left.number - right.number)
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function remover(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // Already gone, or on a file system turned read-only: the server knows a report that comes twice.
  }
}

/** Removes the spools of other hosts, which a copied state directory brings along: their reports would be refused. */
export function removeForeignSpools(spools: string, own: string, log: PushLog): void {
  for (const name of list(spools)) {
    if (name === own) continue
    log.warn({ directory: join(spools, name) }, 'Removed the spool of another host, left in a copied state directory')
    rmSync(join(spools, name), { recursive: true, force: true })
  }
}

function sum(entries: readonly SpooledReport[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.bytes, 0)
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
