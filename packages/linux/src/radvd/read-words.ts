import { ShapeError } from '../text/shape-error.ts'

/** A word, or one of `{`, `}`, `;` and `/`, with its line, counted from 1. */
export type Word = { text: string; line: number }

/** Splits radvd.conf into words as radvd's scanner does (scanner.l of 2.19). Byte text. Throws ShapeError. */
export function readWords(text: string, file: string): Word[] {
  const words: Word[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    space.lastIndex = at
    const passed = space.exec(text)?.[0] ?? ''
    const found = passed === '' ? readWord(text, at) : passed
    if (found === null) throw new ShapeError(file, line, 'a word, {, }, ; or /', text.slice(at, at + 20))
    if (passed === '') words.push({ text: found, line })
    for (const character of found) if (character === '\n') line += 1
    at += found.length
  }
  return words
}

/** radvd does not treat a comment without a final newline as a comment. */
const space = /(?:[ \t\n]+|#[^\n]*\n)+/y
const plain = /[{};/]|[a-zA-Z0-9`~!@#$%^&*()_\-+=:[\]<>,.?\\]+/y
const quoted = /L?"(?:\\[^\n]|[^\\"])*"/y

function readWord(text: string, at: number): string | null {
  plain.lastIndex = at
  quoted.lastIndex = at
  const [one, other] = [plain.exec(text)?.[0] ?? '', quoted.exec(text)?.[0] ?? '']
  return one.length >= other.length ? one || null : other
}

/** The kinds of word in the order in which radvd's scanner tries them. A keyword of no such kind is a name. */
export function isNumber(word: string): boolean {
  return /^\d+$/.test(word) && Number(word) <= 0xffff_ffff
}

export function isDecimal(word: string): boolean {
  return /^\d+\.\d+$/.test(word)
}

export function isSigned(word: string): boolean {
  return /^(-\d+|low|medium|high)$/i.test(word)
}

export function isAddress(word: string): boolean {
  if (!/^[0-9a-f:]+$/i.test(word) || !LIKE_AN_ADDRESS.test(word)) return false
  const [head = '', tail, ...rest] = word.split('::')
  const groups = [head, tail ?? ''].flatMap((part) => (part === '' ? [] : part.split(':')))
  return rest.length === 0 && (tail === undefined ? groups.length === 8 : groups.length < 8)
}

/** radvd treats `::1`, which has no group before `::`, as a name. */
export function isName(word: string): boolean {
  return !/^([{};/]|\d+|\d+\.\d+|-\d+|low|medium|high|on|off|infinity)$/.test(word) && !LIKE_AN_ADDRESS.test(word)
}

const LIKE_AN_ADDRESS =
  /^([0-9a-f]{1,4}:([0-9a-f]{1,4}:)*(:[0-9a-f]{1,4})+|[0-9a-f]{1,4}(:[0-9a-f]{1,4})*::|([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|::)$/i
