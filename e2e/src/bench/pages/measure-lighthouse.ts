import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { judge, type Measurement, measuring, median } from '@slashzero/lab/bench'
import configuration from '../../../playwright.config.ts'
import { childEnvironment, lighthousePath } from '../../env.ts'

const run = promisify(execFile)
const figure = measuring('pages')
const TIMES = 5
const forms = [
  { form: 'desktop', goal: 95, arguments: ['--preset=desktop'] },
  { form: 'mobile', goal: 85, arguments: [] },
] as const
const MAX_OUTPUT = 64 * 1024 * 1024

/** Lighthouse is too large to be installed for a benchmark, so it is run if somebody installed it. */
function findLighthouse(): string | null {
  const installed = fileURLToPath(new URL('../../../../node_modules/lighthouse/cli/index.js', import.meta.url))
  return lighthousePath ?? (existsSync(installed) ? installed : null)
}

/** The performance score of the fleet page, on a desktop and on a phone. */
export async function measureLighthouse(server: string, cookie: string): Promise<readonly Measurement[]> {
  const program = findLighthouse()
  const made: Measurement[] = []
  for (const { form, goal, arguments: own } of forms) {
    const name = `fleet page: Lighthouse, ${form}`
    if (program === null) {
      const note = 'Lighthouse is not installed; set LIGHTHOUSE_PATH to its cli/index.js'
      made.push(figure(name, null, 'points', note))
      continue
    }
    const scores: number[] = []
    for (let time = 0; time < TIMES; time += 1) scores.push(await score(program, server, cookie, own))
    made.push(judge(figure(name, median(scores), 'points', `median of ${TIMES}`), { atLeast: goal }))
  }
  return made
}

async function score(program: string, server: string, cookie: string, own: readonly string[]): Promise<number> {
  const { executablePath = '', args = [] } = configuration.use?.launchOptions ?? {}
  const { stdout } = await run(
    process.execPath,
    [
      program,
      server,
      '--quiet',
      '--output=json',
      '--only-categories=performance',
      `--extra-headers=${JSON.stringify({ cookie })}`,
      `--chrome-flags=${['--headless=new', ...args].join(' ')}`,
      ...own,
    ],
    { env: childEnvironment({ CHROME_PATH: executablePath }), maxBuffer: MAX_OUTPUT },
  )
  const report: { categories?: { performance?: { score?: number | null } } } = JSON.parse(stdout)
  return 100 * (report.categories?.performance?.score ?? Number.NaN)
}
