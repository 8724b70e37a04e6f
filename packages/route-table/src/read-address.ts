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
  const groups = digits.match(/.{4}/g) ?? []
  const text = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
  const longest = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].toSorted(
    (left, right) => right[0].length - left[0].length,
  )[0]
  if (longest === undefined) return text
  const before = text.slice(0, longest.index).replace(/:$/, '')
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${before}::${after}`
}

function isDottedQuad(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}
