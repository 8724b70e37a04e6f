/** How many terminal columns a text takes: two for a wide character, none for a combining mark. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

const NONE = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

/** Fills lines of at most `width` columns with the words of a text; a longer word has its own line. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** A text behind a label, its later lines below its first one. */
export function hang(label: string, text: string, width: number): string[] {
  const indent = widthOf(label)
  return fold(text, Math.max(MIN_WIDTH, width - indent)).map(
    (line, index) => (index === 0 ? label : ' '.repeat(indent)) + line,
  )
}

/**
 * Columns two spaces apart. The last one is folded below itself, or stands below its row where little room is left;
 * the others stay whole.
 */
export function tabulate(rows: readonly (readonly string[])[], indent: string, width: number): string[] {
  const [head = []] = rows
  const widths = head.slice(0, -1).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  return rows.flatMap((row) => {
    const cells = widths.map((wide, column) => `${row[column] ?? ''}${' '.repeat(wide - widthOf(row[column] ?? ''))}  `)
    const start = indent + cells.join('')
    const last = row.at(-1) ?? ''
    const lines =
      width - widthOf(start) < MIN_WIDTH
        ? [start, ...(last === '' ? [] : hang(`${indent}    `, last, width))]
        : hang(start, last, width)
    return lines.map((line) => line.trimEnd())
  })
}

const MIN_WIDTH = 24
