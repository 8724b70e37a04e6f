import type { Report } from '@slashzero/contract/report'
import type { Clock, Sleep } from '../clock.ts'
import type { Log } from '../log.ts'

export type DeliveryOptions = {
  /** Base URL of the server, for instance `https://slashzero.example`. */
  readonly server: string
  /** Exchanged once for this host's credential where the state directory holds none; null where there is none to exchange. */
  readonly enrolmentToken: string | null
  /** Holds `credential` (0600) and `spool/`; made where missing. */
  readonly stateDir: string
  readonly host: Pick<Report['host'], 'id' | 'name'>
  readonly log: Log
  /** PEM of the authorities that the server's certificate is held against; default the well-known ones and the system's. */
  readonly serverCa?: string | null
  /** How long an answer may take to its last byte; default 30 s. */
  readonly timeoutMilliseconds?: number
  readonly clock: Clock
  /** Waits before a retry. */
  readonly sleep: Sleep
  /** From 0 up to, and without, 1. */
  readonly random?: () => number
  readonly limits?: Partial<SpoolLimits>
}

/** What the spool may hold; the oldest reports are dropped, counted and logged beyond it. */
export type SpoolLimits = {
  /** On disk, compressed. Default 256 MiB. */
  readonly diskBytes: number
  /** In memory, compressed, used only while the disk cannot be written. Default 8 MiB. */
  readonly memoryBytes: number
  /** Default 24 h. */
  readonly ageMilliseconds: number
}

export type DeliveryStatus = {
  readonly spooledReports: number
  readonly spooledBytes: number
  /** Reports that left the spool without being acknowledged: bound reached, refused by the server, or unreadable. */
  readonly droppedReports: number
  readonly acknowledgedReports: number
  /** Milliseconds since the epoch; null before the first time. */
  readonly lastAcknowledgedAt: number | null
  /** False while reports are kept in memory only because the state directory cannot be written. */
  readonly onDisk: boolean
  /** Why the last attempt failed, in words; null after a success. */
  readonly lastError: string | null
}

export type Delivery = {
  /** Takes a report over: it is on disk when this returns, or in memory where the disk cannot be written. Never throws. */
  readonly enqueue: (report: Report) => void
  readonly status: () => DeliveryStatus
  /** Gives a request under way 2 s to end, then aborts it. What was not acknowledged stays spooled. */
  readonly stop: () => Promise<void>
}
