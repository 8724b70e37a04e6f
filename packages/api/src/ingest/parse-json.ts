import { messageOf } from '@slashzero/contract/report'
import { Refusal } from './refusal.ts'

/** A report nests ten deep; the rest is room for fields of later versions. */
const MAX_DEPTH = 64

/**
 * Parses JSON text of an untrusted client.
 * @throws Refusal 400 if the bytes are not UTF-8, not JSON, or nest too deep (a small body could become gigabytes)
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
    throw new Refusal(400, `The body is not JSON: ${whereOf(error, text)}.`)
  }
}

/** V8's message names the place of the error, but may quote the text, so only the place is passed on. */
function whereOf(error: unknown, text: string): string {
  const message = messageOf(error)
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? Number.NaN)
  if (message.includes('end of JSON input') || position >= text.length) return 'it ends in the middle'
  return Number.isNaN(position) ? 'unexpected text' : `unexpected text at character ${position}`
}

/** Counts brackets outside strings. Bytes of multi-byte characters are above 0x7f and never look like brackets. */
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
