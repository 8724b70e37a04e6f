/** Milliseconds from a note to its run, and the minimum from the end of a run to the next. */
type Pace = { readonly soon: number; readonly apart: number }

/** Collects changes and hands them on together: `soon` after the first, and `apart` after the previous run. */
export type Pacer = { readonly note: (moved: string | null, pace: Pace) => void; readonly stop: () => void }

/**
 * Runs one at a time: a slow run delays the next.
 * @param run takes everything noted since the previous run
 */
export function pace(run: (moved: ReadonlySet<string | null>) => Promise<unknown>): Pacer {
  let noted = new Set<string | null>()
  let wanted: { soonest: number; apart: number } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let lastEnd = Number.NEGATIVE_INFINITY

  const flush = async () => {
    const moved = noted
    noted = new Set()
    wanted = undefined
    isRunning = true
    await run(moved).catch(() => undefined)
    isRunning = false
    lastEnd = performance.now()
    schedule()
  }
  const schedule = () => {
    if (wanted === undefined || isRunning) return
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), Math.max(wanted.soonest, lastEnd + wanted.apart) - performance.now())
  }
  return {
    note(moved, { soon, apart }) {
      noted.add(moved)
      const soonest = performance.now() + soon
      wanted = {
        soonest: Math.min(soonest, wanted?.soonest ?? soonest),
        apart: Math.min(apart, wanted?.apart ?? apart),
      }
      schedule()
    },
    stop() {
      clearTimeout(timer)
      wanted = undefined
      isRunning = true
    },
  }
}
