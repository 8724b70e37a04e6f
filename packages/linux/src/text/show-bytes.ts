/**
 * Makes a name readable that came from the kernel as bytes.
 *
 * In: byte text, one character (U+0000 to U+00FF) a byte, as all parsers here take it: an
 * interface or process name is bytes, not text, and only byte text loses none of them.
 * Out: the text where the bytes are UTF-8; else every byte from 0x80 on as `\xNN`.
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
