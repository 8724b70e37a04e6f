import { toVisible } from '@slashzero/contract/report'

/** One thing that is wrong with the configuration, and how to put it right. */
export type Problem = {
  /** `FILE:LINE`, `--flag` or the variable's name. */
  readonly place: string
  /** The key of the file that it is about, dotted; null where the place says it, or none is meant. */
  readonly key: string | null
  /** A clause without a capital or a full stop. */
  readonly problem: string
  readonly fix: string
}

/** The configuration cannot be used; its message has one line for each problem. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join('\n'))
  }
}

function describe({ place, key, problem, fix }: Problem): string {
  return toVisible(`${place}: ${key === null ? '' : `${key}: `}${problem}; ${fix}`)
}
