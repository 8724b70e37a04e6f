/** A read without an answer, and the reason. */
export class NoAnswer {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/**
 * Waits half a second for a read that may hang forever. A read in `hanging` is not repeated until its answer arrives.
 * Each holds a thread of Node's pool, so if too many hang, no other read starts.
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
/** Three kinds of such reads share the threads of env.ts, and the interface watch holds one more thread. */
const MAX_HANGING = 4
const LATE = new NoAnswer(`no answer within ${PATIENCE} ms, so the read hangs`)
const NOT_ASKED = new NoAnswer(`not read, because ${MAX_HANGING} other reads hang`)
