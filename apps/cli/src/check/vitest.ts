import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../env.ts'
import { exitOf } from '../process.ts'
import type { KeptOutput } from './keep-output.ts'
import type { Outcome } from './outcome.ts'

type Report = { testResults: { name: string; status: string; message?: string; assertionResults: Assertion[] }[] }
type Assertion = { fullName: string; status: string; failureMessages?: string[] }

/**
 * Runs one kind of vitest test (unit, service or lab) and counts the outcomes in its report. Prints to `output` if
 * given, otherwise to the terminal.
 */
export async function runVitest(project: 'unit' | 'service' | 'lab', output?: KeptOutput): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-vitest-'))
  const reportPath = join(folder, 'report.json')
  try {
    const child = spawn(
      'vitest',
      [
        'run',
        '--config',
        'packages/config/vitest.config.ts',
        '--project',
        project,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportPath}`,
      ],
      { cwd: root, stdio: output ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'] },
    )
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output?.write(chunk))
    // The last output can come after the end.
    const closed = output && new Promise((resolve) => void child.once('close', resolve))
    const [code] = await Promise.all([exitOf(child), closed])
    const text = await readFile(reportPath, 'utf8').catch(() => null)
    if (text === null)
      return { passed: 0, failed: [`${project} tests (vitest ended with ${code} and no report)`], skipped: [] }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- vitest's own JSON report
    return count(project, JSON.parse(text) as Report, code)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * A file that could not be loaded has no assertions, and an unhandled error fails no test: both must still fail the
 * run.
 */
function count(project: string, report: Report, code: number): Outcome {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const named = (status: string) =>
    tests.filter((one) => one.status === status).map(({ fullName }) => `${project}: ${fullName}`)
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const failed = [...named('failed'), ...brokenFiles.map(({ name }) => `${project}: ${name.replace(root, '')}`)]
  return {
    passed: named('passed').length,
    failed: failed.length === 0 && code !== 0 ? [`${project} tests (vitest ended with ${code})`] : failed,
    skipped: [...named('pending'), ...named('skipped'), ...named('todo')].map((name) => ({
      name,
      reason: 'the test asked to be skipped on this machine',
    })),
  }
}
