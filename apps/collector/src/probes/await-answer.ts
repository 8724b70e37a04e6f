/** A read that has no answer, and why. */
export class NoAnswer {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/**
 * Waits half a second for a read that may hang for good. One that hangs is not asked again until it has been answered: `hanging`
 * has the keys of those. Each of them holds a thread of a pool that all else needs too, so where many hang no other is asked.
 */
export async function awaitAnswer<Answer>(
  key: string,
  hanging: Set<string>,
  ask: () => Promise<Answer>,
): Promise<Answer | NoAnswer> {
  if (hanging.has(key)) return LATE
  if (hanging.size >= MAX_HANGING) return NOT_ASKED
  hanging.add(key)
  const settled = ask().finally(() => hanging.delete(key))
  const late = Promise.withResolvers<NoAnswer>()
  const timer = setTimeout(() => late.resolve(LATE), PATIENCE)
  try {
    return await Promise.race([settled, late.promise])
  } finally {
    clearTimeout(timer)
    settled.catch(() => undefined)
  }
}

const PATIENCE = 500
/** Three kinds of such reads share the threads of env.ts, of which the watch over interfaces holds one. */
const MAX_HANGING = 4
const LATE = new NoAnswer(`no answer within ${PATIENCE} ms, so the read hangs`)
const NOT_ASKED = new NoAnswer(`not asked while ${MAX_HANGING} others hang`)
