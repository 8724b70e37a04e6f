/**
 * Returns the place of the first pattern that matches an interface, or -1, as dnsmasq matches names (wildcard_match in
 * util.c): a `*` stands for one or more bytes, and dnsmasq ignores everything after the `*`.
 */
export function matchNames(patterns: readonly string[]): (name: string) => number {
  const whole = new Map<string, number>()
  const beginnings = new Map<string, number>()
  patterns.forEach((pattern, place) => {
    const star = pattern.indexOf('*')
    const [known, key] = star === -1 ? [whole, pattern] : [beginnings, pattern.slice(0, star)]
    if (!known.has(key)) known.set(key, place)
  })
  return (name) => {
    const places = [whole.get(name)]
    // A file may list thousands of patterns, and a host thousands of interfaces.
    for (let length = 0; length < name.length; length += 1) places.push(beginnings.get(name.slice(0, length)))
    return places.reduce<number>(
      (first, place) => (place !== undefined && (first === -1 || place < first) ? place : first),
      -1,
    )
  }
}
