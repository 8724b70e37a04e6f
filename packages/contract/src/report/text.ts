import { z } from 'zod'

/**
 * Text that a hypervisor or a guest chose. Controls become visible pictures (U+2400) and bidirectional overrides
 * U+FFFD, so that a name cannot drive a terminal or reorder a line, and fits PostgreSQL.
 */
export function visibleText(maxLength: number) {
  // A text that is too long is not rewritten: the rewriting of megabytes takes longer than the whole report may.
  return z.string().max(maxLength, { abort: true }).overwrite(toVisible)
}

/** The maximum length of the name of a host, a VM or a namespace, in characters. */
export const MAX_NAME_CHARACTERS = 255

/** The maximum length of a reason why something is unknown or failed, in characters. */
export const MAX_REASON_CHARACTERS = 500

/** The schema of a reason. Pure, so that the collector's bundle leaves the schema and zod out. */
export const reason = /* @__PURE__ */ visibleText(MAX_REASON_CHARACTERS)

/** A text of any length as a reason. */
export function toReason(text: string): string {
  return toVisible(text).slice(0, MAX_REASON_CHARACTERS)
}

/** Makes visible the characters that a terminal, a log or a page would obey and not show. */
export function toVisible(text: string): string {
  if (isPlain(text)) return text
  return text.toWellFormed().replace(OBEYED, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    return code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** Whether the text is printable ASCII, as nearly every name is. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

// C0, DEL, C1, line and paragraph separators, bidirectional embeddings, overrides and isolates.
// eslint-disable-next-line no-control-regex -- control characters are what this pattern is about
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
