import type { Kernel } from '../../io/kernel.ts'

/** Reads a table of the kernel in the caller's namespace. Out: the same rows while the file is the same. */
export type TableReader<Rows> = () => Rows

/** Makes a reader of one file for one namespace. Throws what the kernel and `parse` throw. */
export function createTableReader<Rows>(
  kernel: Kernel,
  file: string,
  parse: (text: string, file: string) => Rows,
): TableReader<Rows> {
  let known: { bytes: Uint8Array; rows: Rows } | null = null
  return () => {
    const changed = kernel.readChanged(file, known?.bytes ?? null)
    if (changed === null && known !== null) return known.rows
    const { bytes, text } = changed ?? { bytes: new Uint8Array(), text: '' }
    const rows = parse(text, file)
    known = { bytes, rows }
    return rows
  }
}
