import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { messageOf } from '@slashzero/contract/report'
import type { Report, ReportDelta } from '@slashzero/contract/report'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SpoolLimits } from './delivery.ts'
import { flushToDisk, listSpoolFiles, readSpoolFile, removeSpoolFile, unpack, writeSpoolFile } from './spool-files.ts'

/**
 * A report that waits to be sent: gzipped JSON without `sentAt`, in `file`, or in `packed` if the disk is not writable.
 */
type SpooledReport = {
  readonly number: number
  bytes: number
  /** Whether the JSON says only what changed since a report that the server acknowledged. */
  isDelta: boolean
  /** Milliseconds since the epoch, by the same clock as the report's `observedAt`. */
  readonly spooledAt: number
  /** The same moment on the monotonic clock. */
  readonly since: number
  file: string | null
  /** The file of the delta, until the whole report is in `file`. */
  deltaFile: string | null
  packed: Buffer | null
  flushed: boolean
}

export type Waiting = {
  readonly entry: SpooledReport
  readonly text: string
  readonly isDelta: boolean
  /** The whole report; null if only the disk has it. */
  readonly report: Report | null
  /**
   * Now, by the wall clock as it ran when the report was made. So the report's age stays right if somebody sets the
   * clock.
   */
  readonly sentAt: string
}

export type Spool = {
  /** `delta`: what stands for the report until `makeWhole`. */
  readonly put: (report: Report, delta?: Omit<ReportDelta, 'sentAt'> | null) => void
  /** Replaces a delta by its whole report. Out: false if an earlier run made the delta, whose report nobody knows. */
  readonly makeWhole: (entry: SpooledReport) => boolean
  /**
   * The oldest reports within both bounds, but at least one; empty if no report waits. A delta comes alone. `bytes`
   * counts text.
   */
  readonly oldest: (reports: number, bytes: number) => Waiting[]
  readonly remove: (entries: readonly SpooledReport[]) => void
  /** Removes a report that the server will never acknowledge, and counts it as dropped. */
  readonly drop: (entry: SpooledReport) => void
  readonly status: () => { reports: number; bytes: number; dropped: number; onDisk: boolean }
  /** Stops the writes to the disk. */
  readonly close: () => void
}

const QUIET_MILLISECONDS = 60_000
/** Most reports are acknowledged within this time and need no flush. */
const FLUSH_MILLISECONDS = 2000

/**
 * A first-in first-out store of reports, one file each. A power cut loses only reports younger than two seconds.
 * Damaged files are dropped, counted and logged. Without a writable disk, reports stay in memory.
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
  /** Most reports are sent at once, and the kept text saves reading and unpacking. */
  let latest: { entry: SpooledReport; text: string; report: Report } | null = null
  let closed = false
  scheduleFlush()

  function put(report: Report, delta: Omit<ReportDelta, 'sentAt'> | null = null): void {
    // The delta before may need its base for longer than this process knows the base.
    if (latest?.entry.isDelta === true) makeWhole(latest.entry)
    const text = JSON.stringify(delta ?? withoutSentAt(report))
    const packed = gzipSync(text, { level: 1 })
    counter += 1
    const times = { spooledAt: Date.parse(report.sentAt), since: clock.monotonic() }
    const kept = { number: counter, bytes: packed.length, isDelta: delta !== null, ...times }
    const entry: SpooledReport = { ...kept, file: null, deltaFile: null, packed, flushed: false }
    entries.push(entry)
    latest = { entry, text, report }
    save()
    shrink()
    scheduleFlush()
  }

  function makeWhole(entry: SpooledReport): boolean {
    if (!entry.isDelta) return true
    if (entry !== latest?.entry) return false
    latest.text = JSON.stringify(withoutSentAt(latest.report))
    entry.packed = gzipSync(latest.text, { level: 1 })
    const { file: deltaFile, packed } = entry
    Object.assign(entry, { bytes: packed.length, isDelta: false, file: null, deltaFile, flushed: false })
    save()
    shrink()
    scheduleFlush()
    return true
  }

  /** Writes the reports that are only in memory to the disk, oldest first. */
  function save(): void {
    try {
      for (const entry of entries) {
        if (entry.packed === null) continue
        entry.file = writeSpoolFile(directory, entry, entry.packed)
        entry.packed = null
        if (entry.deltaFile !== null) removeSpoolFile(entry.deltaFile)
        entry.deltaFile = null
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
        : 'unsent reports became too old for the spool and were dropped'
      tellLoss(why, { droppedInAll: dropped, ...limits })
    }
  }

  function scheduleFlush(): void {
    if (timer !== null || closed || !entries.some(isUnflushed)) return
    timer = setTimeout(() => void flush(), FLUSH_MILLISECONDS).unref()
  }

  async function flush(): Promise<void> {
    // The server is slow or away, so the report must not depend on the server's memory.
    if (latest !== null) makeWhole(latest.entry)
    const files = entries.filter(isUnflushed)
    timer = null
    if (files.length === 0) return
    try {
      const folders = [directory, join(directory, '..'), join(directory, '../..')]
      await flushToDisk([...files.flatMap(({ file }) => file ?? []), ...folders])
      for (const entry of files) entry.flushed = true
      flushable = true
      // Reports may have come during the flush.
      scheduleFlush()
    } catch (error) {
      if (flushable)
        log.error(
          { directory, error: messageOf(error) },
          'cannot flush the spool: a power cut may lose unsent reports; check the disk',
        )
      flushable = false
    }
  }

  function drop(entry: SpooledReport): void {
    if (!entries.includes(entry)) return
    dropped += 1
    remove([entry])
  }

  function remove(gone: readonly SpooledReport[]): void {
    const set = new Set(gone)
    entries = entries.filter((entry) => !set.has(entry))
    if (latest !== null && set.has(latest.entry)) latest = null
    for (const { file, deltaFile } of gone) for (const one of [file, deltaFile]) if (one !== null) removeSpoolFile(one)
  }

  function oldest(reports: number, bytes: number): Waiting[] {
    const batch: Waiting[] = []
    let size = 0
    for (const entry of entries) {
      if (batch.length === reports || (entry.isDelta && batch.length > 0)) break
      const text = read(entry)
      if (text === null) continue
      size += text.length
      if (batch.length > 0 && size > bytes) break
      const sentAt = new Date(entry.spooledAt + clock.monotonic() - entry.since).toISOString()
      const { isDelta } = entry
      batch.push({ entry, text, isDelta, report: entry === latest?.entry ? latest.report : null, sentAt })
      if (isDelta) break
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
    makeWhole,
    oldest,
    remove,
    drop,
    status: () => ({ reports: entries.length, bytes: sum(entries), dropped, onDisk }),
    close: () => {
      if (latest !== null) makeWhole(latest.entry)
      closed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** Logs a loss at once, and then at most once a minute with the number of reports lost since. */
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
 * The reports of an earlier run. Only the wall clock tells their age; if the wall clock was set back meanwhile, the
 * reports count as new. A spool that cannot be read is empty, and the first `put` says what is wrong.
 */
function load({ directory, clock, log }: Parameters<typeof openSpool>[0]): SpooledReport[] {
  const { files, halves, strange } = listSpoolFiles(directory)
  for (const file of halves) removeSpoolFile(file)
  if (strange > 0) {
    log.warn(
      { directory, files: strange },
      'the spool has files of another version of the collector; this version leaves these files there, unsent',
    )
  }
  return files.map(({ number, bytes, spooledAt, isDelta, file }) => {
    const since = clock.monotonic() - Math.max(0, clock.wall() - spooledAt)
    return { number, bytes, isDelta, spooledAt, since, file, deltaFile: null, packed: null, flushed: false }
  })
}

function withoutSentAt(report: Report): Omit<Report, 'sentAt'> {
  const { sentAt: _, ...unsent } = report
  return unsent
}

function isUnflushed({ file, flushed }: SpooledReport): boolean {
  return file !== null && !flushed
}

function sum(entries: readonly SpooledReport[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.bytes, 0)
}
