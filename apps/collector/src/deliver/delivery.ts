import type { Report } from '@slashzero/contract/report'
import type { Clock, Sleep } from '../clock.ts'
import type { Log } from '../log.ts'

export type DeliveryOptions = {
  /** Base URL of the server, for example `https://slashzero.example`. */
  readonly server: string
  /** Exchanged once for this host's credential if the state directory has no credential; null without a token. */
  readonly enrolmentToken: string | null
  /** The folder of `credential` (0600) and `spool/`; created if missing. */
  readonly stateDir: string
  readonly host: Pick<Report['host'], 'id' | 'name'>
  readonly log: Log
  /**
   * PEM of the authorities that may sign the server's certificate. Default: the well-known authorities and the
   * system's.
   */
  readonly serverCa?: string | null
  /** The time until the last byte of an answer. Default 30 s. */
  readonly timeoutMilliseconds?: number
  readonly clock: Clock
  /** Waits before a retry. */
  readonly sleep: Sleep
  /** A number from 0 to below 1. */
  readonly random?: () => number
  readonly limits?: Partial<SpoolLimits>
}

/** The bounds of the spool. Beyond a bound the spool drops, counts and logs the oldest reports. */
export type SpoolLimits = {
  /** On disk, compressed. */
  readonly diskBytes: number
  /** In memory, compressed, only while the disk is not writable. */
  readonly memoryBytes: number
  readonly ageMilliseconds: number
}

export const SPOOL_LIMITS: SpoolLimits = {
  diskBytes: 256 * 1024 * 1024,
  memoryBytes: 8 * 1024 * 1024,
  ageMilliseconds: 24 * 60 * 60 * 1000,
}

export type DeliveryStatus = {
  readonly spooledReports: number
  readonly spooledBytes: number
  /** Reports that left the spool without acknowledgment: bound reached, refused by the server, or unreadable. */
  readonly droppedReports: number
  readonly acknowledgedReports: number
  /** Milliseconds since the epoch; null before the first acknowledgment. */
  readonly lastAcknowledgedAt: number | null
  /** False while the state directory is not writable and reports stay in memory only. */
  readonly onDisk: boolean
  /** Why the last attempt failed, in words; null after a success. */
  readonly lastError: string | null
}

export type Delivery = {
  /** Puts a report on disk before it returns, or into memory if the disk is not writable. Never throws. */
  readonly enqueue: (report: Report) => void
  readonly status: () => DeliveryStatus
  /** Gives a request under way 2 s to end, then aborts the request. Unacknowledged reports stay in the spool. */
  readonly stop: () => Promise<void>
}
