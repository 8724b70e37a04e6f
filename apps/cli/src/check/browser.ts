import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childEnvironment, root } from '../env.ts'
import { exitOf } from '../process.ts'
import type { Outcome } from './outcome.ts'

type Report = { suites: Suite[]; errors?: { message?: string }[] }
type Suite = { title: string; suites?: Suite[]; specs?: { title: string; tests: { status: string }[] }[] }

/** Runs the Playwright stories of `e2e` and counts what their report says. A flaky test has failed. */
export async function runBrowserTests(): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-playwright-'))
  const reportPath = join(folder, 'report.json')
  try {
    const child = spawn('playwright', ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: childEnvironment({ PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath }),
    })
    const code = await exitOf(child)
    const text = await readFile(reportPath, 'utf8').catch(() => null)
    if (text === null)
      return { passed: 0, failed: [`browser tests (playwright ended with ${code} and no report)`], skipped: [] }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Playwright's own JSON report
    return count(JSON.parse(text) as Report, code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function count(report: Report, code: number): Outcome {
  const tests = report.suites.flatMap((suite) => flatten(suite, []))
  const named = (...statuses: string[]) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ name }) => `browser: ${name}`)
  const failed = [
    ...named('unexpected', 'flaky'),
    ...(report.errors ?? []).map(({ message }) => `browser: ${message ?? 'error'}`),
  ]
  return {
    passed: named('expected').length,
    failed: failed.length === 0 && code !== 0 ? [`browser tests (playwright ended with ${code})`] : failed,
    skipped: named('skipped').map((name) => ({ name, reason: 'the story asked to be skipped on this machine' })),
  }
}

function flatten(suite: Suite, path: string[]): { name: string; status: string }[] {
  const here = [...path, suite.title]
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map(({ status }) => ({ name: [...here, spec.title].join(' > '), status })),
  )
  return [...own, ...(suite.suites ?? []).flatMap((inner) => flatten(inner, here))]
}
