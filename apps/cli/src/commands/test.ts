import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build } from '../build.ts'
import { runBrowserTests } from '../check/browser.ts'
import { installDebianPackages } from '../check/debian-packages.ts'
import { keepOutput } from '../check/keep-output.ts'
import { add, close, nothing, type Outcome } from '../check/outcome.ts'
import { runStaticChecks } from '../check/static.ts'
import { runVitest } from '../check/vitest.ts'
import { inCi } from '../env.ts'
import { Refusal } from '../terminal.ts'

export const help = `slashzero test [--only STAGE]...

Installs what the tests need (Debian packages too, when root), then runs static checks, unit tests, service tests on a real
PostgreSQL, browser tests and, beside them, lab tests on the real kernel (root), which print at the end. Ends with a line
\`N passed, N failed, N skipped\`. What cannot run here is skipped by name with its reason; with CI=true a skip is a failure.

  --only STAGE   runs this stage alone: static, unit, service, browser or lab (repeatable)

  TEST_DATABASE_URL   the PostgreSQL of the service tests; default: an embedded one`

type Stage = () => Promise<Outcome>

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { only: { type: 'string', multiple: true } } })
  const stages: Record<string, Stage> = {
    static: runStaticChecks,
    unit: () => runVitest('unit'),
    service: () => runVitest('service'),
    browser: () => runUnless(browserObstacle(), 'browser tests', runBrowserTests),
  }
  const names = [...Object.keys(stages), 'lab']
  const only = values.only ?? names
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Refusal(`--only ${unknown} is not a stage: use ${names.join(', ')}.`)
  const missing = await installDebianPackages()
  // Both stages start servers of this checkout: neither may build under the other.
  if (['browser', 'lab'].every((name) => only.includes(name))) await build()
  const labOutput = keepOutput((chunk) => process.stdout.write(chunk))
  const interrupt = (): never => {
    labOutput.show()
    process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
  const runLab = () => runUnless(labObstacle(missing), 'lab tests', () => runVitest('lab', labOutput))
  // Lab tests wait most of their time, and the other stages compute.
  const [computed, waited] = await Promise.all([
    runInTurn(Object.entries(stages).flatMap(([name, stage]) => (only.includes(name) ? [stage] : []))).finally(() =>
      labOutput.show(),
    ),
    only.includes('lab') ? runLab() : nothing,
  ])
  return close(add(computed, waited), inCi)
}

async function runInTurn(stages: readonly Stage[]): Promise<Outcome> {
  let outcome = nothing
  for (const stage of stages) outcome = add(outcome, await stage())
  return outcome
}

function labObstacle(missing: string[]): string | null {
  if (process.platform !== 'linux') return 'the lab needs Linux'
  if (process.getuid?.() !== 0) return 'the lab makes network namespaces and taps, which needs root'
  return missing.length > 0 ? `Debian packages are missing: ${missing.join(', ')}` : null
}

function browserObstacle(): string | null {
  return existsSync('/usr/bin/chromium') ? null : 'Chromium is not at /usr/bin/chromium'
}

async function runUnless(obstacle: string | null, name: string, stage: Stage): Promise<Outcome> {
  return obstacle === null ? stage() : { passed: 0, failed: [], skipped: [{ name, reason: obstacle }] }
}
