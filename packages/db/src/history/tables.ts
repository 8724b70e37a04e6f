/**
 * The partitioned tables, the width of a partition, how many days rows are kept, and how many days old a row may be
 * when it is stored: samples as old as a report, and verdicts as old as the silence of a server that was off.
 */
export const HISTORY_TABLES = [
  { table: 'sample', width: 'day', keepDays: 7, reachDays: 7 },
  { table: 'sample_5m', width: 'day', keepDays: 35, reachDays: 7 },
  { table: 'sample_1h', width: 'month', keepDays: 400, reachDays: 7 },
  { table: 'transition', width: 'month', keepDays: 400, reachDays: 400 },
] as const

export type HistoryTable = (typeof HISTORY_TABLES)[number]['table']

export const DAY = 86_400_000

/** How far back a report may reach: as far as raw samples are kept. */
export const RAW_RETENTION_MILLISECONDS = 7 * DAY
/** How long changed verdicts are kept. */
export const TRANSITION_RETENTION_MILLISECONDS = 400 * DAY

/** A partition's name and its bounds in milliseconds: `from` inclusive, `to` exclusive, UTC days or months. */
export type Partition = { readonly name: string; readonly from: number; readonly to: number }

/** The partition of a history table for the time `at`. */
export function partitionOf(table: HistoryTable, width: 'day' | 'month', at: number): Partition {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const from = width === 'month' ? Date.UTC(year, month) : Date.UTC(year, month, date.getUTCDate())
  const to = width === 'month' ? Date.UTC(year, month + 1) : from + DAY
  const digits = new Date(from)
    .toISOString()
    .slice(0, width === 'month' ? 7 : 10)
    .replaceAll('-', '')
  return { name: `${table}_p${digits}`, from, to }
}
