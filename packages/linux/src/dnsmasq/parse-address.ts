/** Parses an IPv6 address as inet_pton(3) does (RFC 4291, 2.2); null for any other text. */
export function parseAddress(text: string): bigint | null {
  const [head = [], tail, ...rest] = toHexadecimal(text)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')))
  const given = [...head, ...(tail ?? [])]
  const isWhole = tail === undefined ? given.length === 8 : given.length < 8
  if (rest.length > 0 || !isWhole || !given.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null
  const groups = [...head, ...Array<string>(8 - given.length).fill('0'), ...(tail ?? [])]
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`)
}

export function isIpv4(text: string): boolean {
  return /^[\d.]*\.[\d.]*$/.test(text) && parseAddress(`::${text}`) !== null
}

/** The last 32 bits may be written as an IPv4 address. */
function toHexadecimal(address: string): string {
  return address.replace(
    /(?<=:)(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/,
    (written, ...parts) => {
      const bytes = parts.slice(0, 4).map(Number)
      if (bytes.some((byte) => byte > 255)) return written
      const [a = 0, b = 0, c = 0, d = 0] = bytes
      return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    },
  )
}
