import { Refusal } from './refusal.ts'

/** A report nests ten deep; the rest is room for fields of later versions. */
const MAX_DEPTH = 64

/**
 * Parses JSON text that a stranger sent.
 * @throws Refusal 400 where the bytes are not UTF-8, nest too deep (a small body could else become gigabytes of
 * nested arrays), or are not JSON
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (isNestedDeeperThan(bytes, MAX_DEPTH)) throw new Refusal(400, `The JSON nests deeper than ${MAX_DEPTH} levels.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'The body is not UTF-8.')
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${whereOf(error)}.`)
  }
}

/** V8 says where it stumbled, but quotes the text; only the place is passed on. */
function whereOf(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (message.includes('end of JSON input')) return 'it ends in the middle'
  if (message.startsWith('Unterminated string')) return 'it ends within a string'
  return /position \d+/.exec(message)?.[0].replace('position', 'unexpected text at character') ?? 'unexpected text'
}

/** Counts brackets outside strings. Bytes of multi-byte characters are all above 0x7f, so they cannot be mistaken. */
function isNestedDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (inString) {
      if (byte === BACKSLASH) index += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1
      if (depth > limit) return true
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1
    }
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
