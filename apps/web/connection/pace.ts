/** Milliseconds from a note to the run, and least from one run's end to the next. */
type Pace = { readonly soon: number; readonly apart: number }

/** Gathers what moved and hands it on together: soon after the first move, and never more often than `apart`. */
export type Pacer = { readonly note: (moved: string | null, pace: Pace) => void; readonly stop: () => void }

/**
 * @param run is given all that was noted since it last ran; the next one waits until it has ended, however long that takes
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
