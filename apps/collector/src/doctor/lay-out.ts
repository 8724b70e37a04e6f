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
 * Columns two spaces apart. The last column is folded below itself, or is below its row if little room is left. In a
 * table that is too wide, the cells of the widest columns are folded too.
 */
export function tabulate(rows: readonly (readonly string[])[], indent: string, width: number): string[] {
  const widths = chooseWidths(rows, width - widthOf(indent))
  return rows.flatMap((row) => {
    const pieces = widths.map((wide, column) => cut(row[column] ?? '', wide))
    const lineAt = (place: number) =>
      indent + pieces.map((cell, column) => pad(cell[place] ?? '', widths[column] ?? 0)).join('')
    const left = Array.from({ length: Math.max(...pieces.map(({ length }) => length)) }, (_, place) => lineAt(place))
    const last = row.at(-1) ?? ''
    const start = widthOf(left[0] ?? '')
    const below = width - start < MIN_WIDTH
    const right = below ? [] : fold(last, width - start)
    const beside = Array.from(
      { length: Math.max(left.length, right.length) },
      (_, place) => (left[place] ?? ' '.repeat(start)) + (right[place] ?? ''),
    )
    const under = below && last !== '' ? hang(`${indent}    `, last, width) : []
    return [...beside, ...under].map((line) => line.trimEnd())
  })
}

/** The widths of all columns except the last; in a table wider than `room`, the widest columns shrink. */
function chooseWidths(rows: readonly (readonly string[])[], room: number): number[] {
  const columns = (rows[0] ?? []).slice(0, -1)
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  const total = () => widths.reduce((sum, wide) => sum + wide + 2, 0)
  for (let widest = Math.max(...widths); total() > room && widest > MIN_COLUMN; widest = Math.max(...widths))
    widths[widths.indexOf(widest)] = widest - 1
  return widths
}

/** Cuts a text into pieces of at most `width` columns. */
function cut(text: string, width: number): string[] {
  const pieces = ['']
  for (const character of text) {
    const last = pieces.at(-1) ?? ''
    if (last !== '' && widthOf(last + character) > width) pieces.push(character)
    else pieces[pieces.length - 1] = last + character
  }
  return pieces
}

function pad(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - widthOf(text)))}  `
}

const MIN_WIDTH = 24
const MIN_COLUMN = 8
