/** A pattern for LIKE that finds the text anywhere; the columns that are searched are in lower case. */
export function toPattern(search: string): string {
  return `%${search.toLowerCase().replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`
}

/** Whether a text holds NUL, which PostgreSQL cannot hold. */
export function hasNul(text: string): boolean {
  return text.includes('\0')
}

/** SQL: an array of these words, which the code chose. */
export function wordsSql(words: readonly string[]): string {
  return `ARRAY['${words.join("', '")}']`
}
