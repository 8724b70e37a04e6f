/**
 * Finds the first of `patterns` that names an interface as dnsmasq matches names (wildcard_match in util.c): a `*` stands for one
 * byte or more, and nothing after it counts. Out: its place, or -1.
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
