/** What a read gives that has not been answered in time. */
export const LATE = Symbol('late')
export const PATIENCE = 500

/**
 * Waits half a second for a read that may hang for good. One that hangs is not asked again until it has been answered: `hanging`
 * has the keys of those.
 */
export async function awaitAnswer<Answer>(key: string, hanging: Set<string>, ask: () => Promise<Answer>): Promise<Answer | typeof LATE> {
  if (hanging.has(key)) return LATE
  hanging.add(key)
  const settled = ask().finally(() => hanging.delete(key))
  const late = Promise.withResolvers<typeof LATE>()
  const timer = setTimeout(() => late.resolve(LATE), PATIENCE)
  try {
    return await Promise.race([settled, late.promise])
  } finally {
    clearTimeout(timer)
    settled.catch(() => undefined)
  }
}
