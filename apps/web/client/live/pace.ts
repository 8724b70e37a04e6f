/** Gathers what moved and hands it on together: soon after the first move, and never more often than `apart`. */
export type Pacer = { readonly note: (moved: string | null) => void; readonly stop: () => void }

/**
 * @param run is given all that was noted since it last ran
 * @param soon milliseconds from the first note to the run
 * @param apart least milliseconds between two runs
 */
export function pace(
  run: (moved: ReadonlySet<string | null>) => void,
  { soon, apart }: { readonly soon: number; readonly apart: number },
): Pacer {
  let noted = new Set<string | null>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastRun = Number.NEGATIVE_INFINITY

  const flush = () => {
    const moved = noted
    noted = new Set()
    timer = undefined
    lastRun = performance.now()
    run(moved)
  }
  return {
    note(moved) {
      noted.add(moved)
      timer ??= setTimeout(flush, Math.max(soon, lastRun + apart - performance.now()))
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
