import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { messageOf } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SpoolLimits } from './delivery.ts'
import { flushToDisk, listSpoolFiles, readSpoolFile, removeSpoolFile, unpack, writeSpoolFile } from './spool-files.ts'

/** A report waiting to be sent: gzipped JSON without `sentAt`, in `file`, or `packed` where the disk cannot be written. */
type SpooledReport = {
  readonly number: number
  readonly bytes: number
  /** Milliseconds since the epoch by the clock that also gave the report's `observedAt`. */
  readonly spooledAt: number
  /** The same moment on the clock that never jumps. */
  readonly since: number
  file: string | null
  packed: Buffer | null
  flushed: boolean
}

export type Waiting = {
  readonly entry: SpooledReport
  readonly text: string
  /** Now, by the host's clock as it was when the report was made: however that was set since, the report keeps its age. */
  readonly sentAt: string
}

export type Spool = {
  readonly put: (report: Report) => void
  /** The oldest reports, as many as fit in both bounds and at least one; empty where nothing waits. `bytes` is of text. */
  readonly oldest: (reports: number, bytes: number) => Waiting[]
  readonly remove: (entries: readonly SpooledReport[]) => void
  /** Takes a report out that will never be acknowledged. */
  readonly drop: (entry: SpooledReport) => void
  readonly status: () => { reports: number; bytes: number; dropped: number; onDisk: boolean }
  /** Writes no more to the disk. */
  readonly close: () => void
}

export const spoolLimits: SpoolLimits = {
  diskBytes: 256 * 1024 * 1024,
  memoryBytes: 8 * 1024 * 1024,
  ageMilliseconds: 24 * 60 * 60 * 1000,
}

const QUIET_MILLISECONDS = 60_000
/** Most reports are acknowledged sooner and never cost a flush. */
const FLUSH_MILLISECONDS = 2000

/**
 * A first-in first-out store of reports, one file each in `directory`. A killed process loses nothing; a power cut loses what is
 * younger than two seconds, as what waits longer is flushed. Damaged files are dropped, counted and said. Where the disk cannot be
 * written, reports stay in memory within a bound of their own until it can.
 */
export function openSpool(options: { directory: string; limits: SpoolLimits; clock: Clock; log: Log }): Spool {
  const { directory, limits, clock, log } = options
  const tellLoss = createLossLog(log, clock)
  let entries = load(options)
  let counter = entries.at(-1)?.number ?? 0
  let dropped = 0
  let onDisk = true
  let isRefusalSaid = false
  let refusalSaidAt = -Infinity
  let flushable = true
  let timer: NodeJS.Timeout | null = null
  /** Most are sent as soon as they are here: the text spares reading and unpacking it. */
  let latest: { entry: SpooledReport; text: string } | null = null
  let closed = false
  flushSoon()

  function put({ sentAt, ...unsent }: Report): void {
    const text = JSON.stringify(unsent)
    const packed = gzipSync(text, { level: 1 })
    counter += 1
    const times = { spooledAt: Date.parse(sentAt), since: clock.monotonic() }
    const entry: SpooledReport = { number: counter, bytes: packed.length, ...times, file: null, packed, flushed: false }
    entries.push(entry)
    latest = { entry, text }
    save()
    shrink()
    flushSoon()
  }

  /** Writes what is in memory only, oldest first. */
  function save(): void {
    try {
      for (const entry of entries) {
        if (entry.packed === null) continue
        entry.file = writeSpoolFile(directory, entry.number, entry.spooledAt, entry.packed)
        entry.packed = null
      }
      onDisk = true
      if (isRefusalSaid) log.info({ directory }, 'the spool can be written again: reports are kept on disk')
      isRefusalSaid = false
    } catch (error) {
      onDisk = false
      if (!isRefusalSaid && clock.monotonic() - refusalSaidAt >= QUIET_MILLISECONDS) {
        log.error(
          { directory, error: messageOf(error) },
          'cannot write the spool: reports are kept in memory only and are lost if the collector ends; free space or correct the permissions',
        )
        isRefusalSaid = true
        refusalSaidAt = clock.monotonic()
      }
    }
  }

  function shrink(): void {
    const tooOld = clock.monotonic() - limits.ageMilliseconds
    let disk = sum(entries.filter(({ file }) => file !== null))
    let memory = sum(entries.filter(({ file }) => file === null))
    for (const entry of entries) {
      const full = entry.file === null ? memory > limits.memoryBytes : disk > limits.diskBytes
      if (!full && entry.since >= tooOld) continue
      if (entry.file === null) memory -= entry.bytes
      else disk -= entry.bytes
      drop(entry)
      const why = full
        ? 'the spool is full: the oldest unsent reports were dropped'
        : 'unsent reports grew too old for the spool and were dropped'
      tellLoss(why, { droppedInAll: dropped, ...limits })
    }
  }

  function flushSoon(): void {
    if (timer !== null || closed || !entries.some(isUnflushed)) return
    timer = setTimeout(() => void flush(), FLUSH_MILLISECONDS).unref()
  }

  async function flush(): Promise<void> {
    const files = entries.filter(isUnflushed)
    try {
      const folders = [directory, join(directory, '..'), join(directory, '../..')]
      await flushToDisk([...files.flatMap(({ file }) => file ?? []), ...folders])
      for (const entry of files) entry.flushed = true
      flushable = true
      timer = null
      // What was put meanwhile.
      flushSoon()
    } catch (error) {
      if (flushable)
        log.error(
          { directory, error: messageOf(error) },
          'cannot flush the spool: a power cut may lose what waits in it; check the disk',
        )
      flushable = false
      timer = null
    }
  }

  function drop(entry: SpooledReport): void {
    dropped += 1
    remove([entry])
  }

  function remove(gone: readonly SpooledReport[]): void {
    const set = new Set(gone)
    entries = entries.filter((entry) => !set.has(entry))
    if (latest !== null && set.has(latest.entry)) latest = null
    for (const { file } of gone) if (file !== null) removeSpoolFile(file)
  }

  function oldest(reports: number, bytes: number): Waiting[] {
    const batch: Waiting[] = []
    let size = 0
    for (const entry of entries) {
      if (batch.length === reports) break
      const text = read(entry)
      if (text === null) continue
      size += text.length
      if (batch.length > 0 && size > bytes) break
      batch.push({ entry, text, sentAt: new Date(entry.spooledAt + clock.monotonic() - entry.since).toISOString() })
    }
    return batch
  }

  function read(entry: SpooledReport): string | null {
    const { file, packed } = entry
    if (entry === latest?.entry) return latest.text
    try {
      return packed === null ? readSpoolFile(file ?? directory) : unpack(packed)
    } catch (error) {
      drop(entry)
      tellLoss('a spooled report is damaged or gone, and is dropped', { file, error: messageOf(error) })
      return null
    }
  }

  return {
    put,
    oldest,
    remove,
    drop,
    status: () => ({ reports: entries.length, bytes: sum(entries), dropped, onDisk }),
    close: () => {
      closed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** Says a loss at once, and then at most once a minute, with how many there were since. */
function createLossLog(log: Log, clock: Clock): (message: string, fields: object) => void {
  const told = new Map<string, { at: number; reports: number }>()
  return (text, fields) => {
    const { at, reports } = told.get(text) ?? { at: -Infinity, reports: 0 }
    const quiet = clock.monotonic() - at < QUIET_MILLISECONDS
    told.set(text, quiet ? { at, reports: reports + 1 } : { at: clock.monotonic(), reports: 0 })
    if (!quiet) log.warn({ droppedReports: reports + 1, ...fields }, text)
  }
}

/**
 * What an earlier run left. How long it has lain is known by the wall clock only: where that went back meanwhile, it counts as new.
 * A spool that cannot be read yet is empty: the first `put` says what is wrong with it.
 */
function load({ directory, clock, log }: Parameters<typeof openSpool>[0]): SpooledReport[] {
  const { files, halves, strange } = listSpoolFiles(directory)
  for (const file of halves) removeSpoolFile(file)
  if (strange > 0) {
    log.warn(
      { directory, files: strange },
      'the spool holds files that are not of this version of the collector; they are left there, unsent',
    )
  }
  return files.map(({ number, bytes, spooledAt, file }) => {
    const since = clock.monotonic() - Math.max(0, clock.wall() - spooledAt)
    return { number, bytes, spooledAt, since, file, packed: null, flushed: false }
  })
}

function isUnflushed({ file, flushed }: SpooledReport): boolean {
  return file !== null && !flushed
}

function sum(entries: readonly SpooledReport[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.bytes, 0)
}
