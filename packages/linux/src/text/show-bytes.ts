/**
 * Makes a name readable that came from the kernel as bytes. Takes byte text: one character (U+0000 to U+00FF) per byte,
 * which all parsers here take, because interface and process names are bytes and only byte text keeps all of them.
 * Returns the text if the bytes are UTF-8; otherwise writes every byte from 0x80 as `\xNN`.
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
