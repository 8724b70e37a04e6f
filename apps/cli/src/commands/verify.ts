import { parseArgs } from 'node:util'
import { add, close } from '../check/outcome.ts'
import { runStaticChecks } from '../check/static.ts'
import { runVitest } from '../check/vitest.ts'
import { inCi } from '../env.ts'

export const help = `slashzero verify

Types, format, lint, import boundaries, dead code and unit tests: no database, no root, about a minute.`

export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} })
  return close(add(await runStaticChecks(), await runVitest('unit')), inCi)
}
