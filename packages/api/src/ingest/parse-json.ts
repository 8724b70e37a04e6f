import { messageOf } from '@slashzero/contract/report'
import { Refusal } from './refusal.ts'

/** A report nests ten deep; the rest is room for fields of later versions. */
const MAX_DEPTH = 64
/** The worst body of this size takes 12 ms to parse (measured), so its bounds are not worth a look at every byte. */
const MAX_UNCOUNTED = 128 * 1024
/**
 * A report of 4,000 taps with a check of each VM has 330,000, and of 2,400 taps with two checks and advertisements too.
 * V8 parses 400,000 names that all differ in about 100 ms.
 */
export const MAX_VALUES = 400_000

/**
 * Parses JSON text of an untrusted client, whose small body could become gigabytes. Throws Refusal 413 for too many
 * values, 400 if the bytes are not UTF-8, not JSON, or large and nested too deep.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_UNCOUNTED) requireBounds(bytes)
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

/**
 * Counts brackets and values outside strings; every value but the first follows one of `[ { , :`. Bytes of multi-byte
 * characters are above 0x7f and look like none of them.
 */
function requireBounds(bytes: Uint8Array): void {
  let depth = 0
  let values = 0
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte === QUOTE) {
      index = endOfString(bytes, index)
    } else if (byte === COMMA || byte === COLON) {
      values += 1
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      values += 1
      depth += 1
      if (depth > MAX_DEPTH) throw new Refusal(400, `The JSON nests deeper than ${MAX_DEPTH} levels.`)
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1
    }
  }
  if (values > MAX_VALUES)
    throw new Refusal(413, `The JSON holds more than ${MAX_VALUES} names and values; send less at a time.`)
}

/** The index of the quote that ends the string that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let index = start + 1
  while (index < bytes.length && bytes[index] !== QUOTE) index += bytes[index] === BACKSLASH ? 2 : 1
  return index
}

const COMMA = 0x2c
const COLON = 0x3a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
