/** Reads an IPv6 address without its zone (`fe80::1%eth0`), in lower case; null for other text (RFC 4291, 2.2). */
export function readAddress(text: string): string | null {
  const [zoneless = ''] = text.split('%', 1)
  if (zoneless.length > 45) return null
  const address = zoneless.toLowerCase()
  const halves = address.split('::')
  if (halves.length > 2) return null
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const embedded = isDottedQuad(last)
  const width = groups.length + (embedded ? 1 : 0)
  if (halves.length === 2 ? width > 7 : width !== 8) return null
  return (embedded ? groups.slice(0, -1) : groups).every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? address : null
}

/** Whether the text is an IPv6 prefix (RFC 4291, 2.3): an address, a slash and a length from 0 to 128. */
export function isPrefix(text: string): boolean {
  const [address = '', length, ...more] = text.split('/')
  return (
    more.length === 0 &&
    length !== undefined &&
    /^\d{1,3}$/.test(length) &&
    Number(length) <= 128 &&
    readAddress(address) !== null
  )
}

/** Writes the kernel's 32 hexadecimal digits as an address in its shortest form (RFC 5952). */
export function fromHexAddress(digits: string): string {
  const groups: number[] = []
  for (let at = 0; at + 4 <= digits.length; at += 4) groups.push(Number.parseInt(digits.slice(at, at + 4), 16))
  const { start, length } = findZeros(groups)
  const write = (some: readonly number[]) => some.map((group) => group.toString(16)).join(':')
  return length < 2 ? write(groups) : `${write(groups.slice(0, start))}::${write(groups.slice(start + length))}`
}

/** The first of the longest runs of zeros. */
function findZeros(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === 0) length += 1
    if (length > longest.length) longest = { start, length }
    start += length
  }
  return longest
}

function isDottedQuad(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}
