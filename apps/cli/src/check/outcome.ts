/** The counts of one stage of the checks. Names are the check, or the test's full name. */
export type Outcome = {
  readonly passed: number
  readonly failed: readonly string[]
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

export const nothing: Outcome = { passed: 0, failed: [], skipped: [] }

export function add(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed + b.passed, failed: [...a.failed, ...b.failed], skipped: [...a.skipped, ...b.skipped] }
}

/** Prints failed and skipped names and the closing line. Returns the exit status: in CI a skip is a failure. */
export function close(outcome: Outcome, inCi: boolean): number {
  const refused = inCi ? outcome.skipped.map(({ name, reason }) => `${name} (skipped in CI: ${reason})`) : []
  const skipped = inCi ? [] : outcome.skipped
  const failed = [...outcome.failed, ...refused]
  const lines = [
    '',
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    ...failed.map((name) => `failed: ${name}`),
    `${outcome.passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return failed.length === 0 && outcome.passed > 0 ? 0 : 1
}
