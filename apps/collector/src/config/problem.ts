import { toVisible } from '@slashzero/contract/report'

/** One thing that is wrong in the configuration, and how to fix it. */
export type Problem = {
  /** `FILE:LINE`, `--flag` or the variable's name. */
  readonly place: string
  /** The key of the file, dotted; null if the place names the key, or if no key is meant. */
  readonly key: string | null
  /** A clause without a capital or a full stop. */
  readonly problem: string
  readonly fix: string
}

/** The configuration cannot be used. The message has one line for each problem. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join('\n'))
  }
}

function describe({ place, key, problem, fix }: Problem): string {
  return toVisible(`${place}: ${key === null ? '' : `${key}: `}${problem}; ${fix}`)
}
