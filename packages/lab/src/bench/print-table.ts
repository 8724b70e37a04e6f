import type { Measurement } from './measurement.ts'

/** The measurements as a table of text: one line each with its unit, and below it the note, if any. */
export function printTable(measurements: readonly Measurement[]): string {
  const rows = measurements.map(
    (one) => [one.bench, one.measure, one.value === null ? 'not measured' : figure(one.value), one.unit] as const,
  )
  const heading = ['bench', 'measure', 'value', 'unit'] as const
  const widths = [0, 1, 2, 3].map((column) => Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = ([bench, measure, value, unit]: readonly [string, string, string, string]) =>
    `${bench.padEnd(widths[0] ?? 0)}  ${measure.padEnd(widths[1] ?? 0)}  ${value.padStart(widths[2] ?? 0)}  ${unit.padEnd(widths[3] ?? 0)}`
  const lines = rows.map((row, place) => `${line(row)}  ${measurements[place]?.note ?? ''}`.trimEnd())
  return [line(heading).trimEnd(), ...lines].join('\n')
}

/** Three significant digits, never in powers of ten. */
function figure(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}
