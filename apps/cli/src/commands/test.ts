import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runBrowserTests } from '../check/browser.ts'
import { installDebianPackages } from '../check/debian-packages.ts'
import { add, close, type Outcome } from '../check/outcome.ts'
import { runStaticChecks } from '../check/static.ts'
import { runVitest } from '../check/vitest.ts'
import { inCi } from '../env.ts'

export const help = `slashzero test

Installs what the tests need (Debian packages too, when root), then runs static checks, unit tests, service tests on a real
PostgreSQL, lab tests on the real kernel (root) and browser tests, and ends with a line \`N passed, N failed, N skipped\`.
What cannot run here is skipped by name with its reason; with CI=true a skip is a failure.`

export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} })
  const missing = await installDebianPackages()
  let outcome = await runStaticChecks()
  outcome = add(outcome, await runVitest('unit'))
  outcome = add(outcome, await runVitest('service'))
  outcome = add(outcome, await runUnless(labObstacle(missing), 'lab tests', () => runVitest('lab')))
  outcome = add(outcome, await runUnless(browserObstacle(), 'browser tests', runBrowserTests))
  return close(outcome, inCi)
}

function labObstacle(missing: string[]): string | null {
  if (process.platform !== 'linux') return 'the lab needs Linux'
  if (process.getuid?.() !== 0) return 'the lab makes network namespaces and taps, which needs root'
  return missing.length > 0 ? `Debian packages are missing: ${missing.join(', ')}` : null
}

function browserObstacle(): string | null {
  return existsSync('/usr/bin/chromium') ? null : 'Chromium is not at /usr/bin/chromium'
}

async function runUnless(obstacle: string | null, name: string, stage: () => Promise<Outcome>): Promise<Outcome> {
  return obstacle === null ? stage() : { passed: 0, failed: [], skipped: [{ name, reason: obstacle }] }
}
