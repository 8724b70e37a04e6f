/**
 * Makes byte text readable: one character (U+0000 to U+00FF) per byte, as all parsers here take, because names are
 * bytes. Out: the text if the bytes are UTF-8; otherwise every byte from 0x80 as `\xNN`.
 */
export function showBytes(byteText: string): string {
  if (!/[\u0080-\u00ff]/.test(byteText)) return byteText
  try {
    return utf8.decode(toBytes(byteText))
  } catch {
    return byteText.replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function toBytes(byteText: string): Uint8Array {
  return Uint8Array.from(byteText, (character) => character.charCodeAt(0))
}
