import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** Standard output and error of promtool; throws if promtool finds a fault. */
async function promtool(args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)('promtool', args, { cwd: folder })
  running.child.stdin?.end(input)
  const { stdout, stderr } = await running
  return stdout + stderr
}

test('promtool accepts the rules, and the unit tests of the rules pass', async () => {
  expect(await promtool(['check', 'rules', 'slashzero-rules.yml'])).toMatch(/SUCCESS: \d+ rules found/)
  expect(await promtool(['test', 'rules', 'slashzero-rules.test.yml'])).toContain('SUCCESS')
})

test('promtool finds no fault in the metrics of the golden report', async () => {
  const page = readFileSync(new URL('../fixtures/report-v1.prom', import.meta.url), 'utf8')
  expect(await promtool(['check', 'metrics'], page)).toBe('')
  await expect(promtool(['check', 'metrics'], page.replaceAll('_total', '_count'))).rejects.toThrow(/Command failed/)
})
