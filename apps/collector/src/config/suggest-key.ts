/** The fix for an unknown key: the nearest known key if the key looks like a typing error, otherwise all keys. */
export function suggestKey(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((one) => ({ one, edits: countEdits(normalise(key), normalise(one)) }))
    .toSorted((a, b) => a.edits - b.edits)
  if (nearest !== undefined && nearest.edits <= Math.max(2, nearest.one.length / 3))
    return `did you mean ${nearest.one}?`
  return `the keys are ${known.join(', ')}`
}

function normalise(key: string): string {
  return key.slice(0, 64).toLowerCase().replaceAll('_', '-')
}

/** Levenshtein's distance. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1]
    for (const [j, other] of to.split('').entries()) {
      next.push(Math.min((row[j] ?? 0) + Number(letter !== other), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
