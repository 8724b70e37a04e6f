/** The wall clock as it was when the process started, going on without a jump: milliseconds since the epoch. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now()
}
