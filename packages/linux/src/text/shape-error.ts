/** An answer of the kernel or of a process does not have the shape that its source promises. */
export class ShapeError extends Error {
  override name = 'ShapeError'
  readonly file: string
  /** Counted from 1; for binary answers the byte offset, counted from 0. */
  readonly line: number

  constructor(file: string, line: number, expected: string, found: string) {
    super(`${file}:${line}: expected ${expected}, found ${JSON.stringify(found.slice(0, 80))}`)
    this.file = file
    this.line = line
  }
}

/** The line, counted from 1, of the character at `offset`. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
